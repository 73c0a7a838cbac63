// Who may ask: the token, and what browsers send on behalf of other sites.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "live/http/message.h"

namespace evenkeel {

/// The token in a file: its first and only line, 16 to 512 printable letters without blanks. Throws InputError naming
/// the file, never its content, also when others than owner and group may read it or others than the owner write it.
std::string ReadToken(const std::string& path);

/// Throws InputError for an address that is not of the loopback while there is no token.
void CheckListenAddress(const std::string& address, bool has_token);
/// 127.0.0.0/8, ::1 or localhost.
bool IsLoopback(std::string_view address);

/// Whether two texts are equal, in a time that depends on the length of `said` only.
bool SameSecret(std::string_view said, std::string_view secret);

/// The answer for those who may not ask this, or nothing. `token` is empty where none is wanted.
/// - 401 without `Authorization: Bearer TOKEN`, or Basic with the token as password, which browsers ask people for;
///   /healthz is for everyone.
/// - 421 for a Host that is no loopback while there is no token: a stranger's name that leads here (DNS rebinding).
/// - 403 for what changes something and comes from another site's page, by Origin or Sec-Fetch-Site.
std::optional<ApiAnswer> AccessRefusal(const ApiRequest& request, std::string_view token);

}  // namespace evenkeel
