// libFuzzer target: whatever the bytes are, the reader answers with a scenario or with a reason.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "models/scenario/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dmstall::models;
  const ReadResult read = read_scenario_text(std::string(reinterpret_cast<const char*>(data), size), "fuzzed.json");
  const std::string said = format_diagnostics(read.diagnostics);
  if (!read.scenario && said.empty()) std::abort();
  return 0;
}
