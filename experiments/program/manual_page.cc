#include <fmt/format.h>

#include "experiments/program/manual.h"

namespace evenkeel {
namespace {

/// Text as roff: its special characters escaped, no line that looks like a request.
std::string Roff(const std::string& text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\(rs";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      result += c;
    }
    line_begins = c == '\n';
  }
  return result;
}

std::string OptionEntry(const OptionInfo& option) {
  std::string text = fmt::format(".TP\n\\fB{}\\fR", Roff("--" + option.name));
  if (!option.value.empty()) text += fmt::format(" \\fI{}\\fR", Roff(option.value));
  text += "\n" + Roff(option.help);
  if (!option.default_value.empty()) text += Roff(fmt::format(" (default: {})", option.default_value));
  if (option.repeatable || option.keyed) text += " (may be given several times)";
  return text + "\n";
}

std::string CommandSection(const CommandInfo& info) {
  std::string text = ".SS " + Roff("evenkeel " + info.name);
  for (const std::string& positional : info.positionals) text += " " + Roff(positional);
  text += " [options]\n" + Roff(info.summary) + ".\n";
  for (const OptionInfo& option : info.options) text += OptionEntry(option);
  if (!info.details.empty()) text += ".PP\n.nf\n" + Roff(info.details) + ".fi\n";
  return text;
}

}  // namespace

std::string ManualPage(const std::vector<Command>& commands) {
  std::string text = fmt::format(
      ".TH EVENKEEL 1 \"\" \"evenkeel {}\" \"User Commands\"\n"
      ".SH NAME\nevenkeel \\- {}\n"
      ".SH SYNOPSIS\n\\fBevenkeel\\fR \\fICOMMAND\\fR [arguments] [options]\n"
      ".SH COMMANDS\n",
      EVENKEEL_VERSION, Roff(kProgramSummary));
  for (const Command& command : commands) text += CommandSection(command.info);
  text += ".SH OPTIONS OF EVERY COMMAND\n";
  for (const OptionInfo& option : CommonOptions()) text += OptionEntry(option);
  return text + ".SH EXIT STATUS\n" + Roff(kExitCodes) + ".\n";
}

}  // namespace evenkeel
