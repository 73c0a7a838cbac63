// The page of a running service, as it is built in.
#pragma once

#include <string_view>

namespace evenkeel {

std::string_view PageHtml();
std::string_view PageScript();
std::string_view PageStyle();

}  // namespace evenkeel
