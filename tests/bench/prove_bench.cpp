// How proofs grow: verity devices beside each other and on top of each other, with nothing shared and with everything.
//
// Prints seconds to build the machine, to prove and to check the certificate, and what one device costs of each.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "analysis/engines/explore/explore.hpp"
#include "analysis/engines/prove/prove.hpp"
#include "analysis/engines/verify/verify.hpp"
#include "models/machine/compile.hpp"
#include "models/scenario/reader.hpp"
#include "models/targets/build.hpp"

namespace dmstall {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

std::string verity(int i, const std::string& below) {
  const std::string name = "v" + std::to_string(i);
  return R"(, {"name": ")" + name + R"(", "target": "verity", "data": ")" + below + R"(", "hash": ")" + below +
         R"(", "on_corruption": "error"})";
}

std::string reader(int i) {
  const std::string n = std::to_string(i);
  return R"({"name": "r)" + n + R"(", "read": "v)" + n + R"(", "count": 10, "in_flight": 4})";
}

std::string beside(int devices, const std::string& sharing) {
  std::string list = R"({"name": "ufs", "target": "disk"})", work;
  for (int i = 0; i < devices; ++i) {
    list += verity(i, "ufs");
    work += (i == 0 ? "" : ", ") + reader(i);
  }
  return R"({"format": 1, "name": "beside", "sharing": ")" + sharing + R"(", "devices": [)" + list +
         R"(], "workload": [)" + work + "]}";
}

std::string on_top(int devices) {
  std::string list = R"({"name": "ufs", "target": "disk"})";
  for (int i = 0; i < devices; ++i) list += verity(i, i == 0 ? "ufs" : "v" + std::to_string(i - 1));
  return R"({"format": 1, "name": "on-top", "devices": [)" + list + R"(], "workload": [)" + reader(devices - 1) + "]}";
}

void measure(const char* what, int devices, const std::string& text) {
  const models::ReadResult read = models::read_scenario_text(text, "bench.json");
  if (!read.scenario) {
    std::printf("%s\n", models::format_diagnostics(read.diagnostics).c_str());
    std::exit(1);
  }
  Clock::time_point begun = Clock::now();
  const models::Machine machine =
      analysis::any_number_of_threads(models::compile(models::build_program(*read.scenario)));
  const double build = since(begun);
  begun = Clock::now();
  const analysis::Proof proof = analysis::prove(machine);
  const double prove = since(begun);
  begun = Clock::now();
  const bool accepted = proof.proved && analysis::verify(machine, proof.certificate).accepted;
  const double check = since(begun);
  std::printf(
      "%-28s %6d devices %9zu nodes  %-24s build %7.3f s  prove %7.3f s  check %7.3f s  per device %6.1f + %5.1f + "
      "%5.1f us\n",
      what, devices, machine.nodes.size(),
      accepted       ? "PROVED, checked"
      : proof.proved ? "PROVED, NOT ACCEPTED"
                     : "UNKNOWN",
      build, prove, check, 1e6 * build / devices, 1e6 * prove / devices, 1e6 * check / devices);
}

}  // namespace
}  // namespace dmstall

int main(int argc, char** argv) {
  const int most = argc > 1 ? std::atoi(argv[1]) : 10'000;
  for (const int devices : {59, 1'000, 10'000}) {
    if (devices > most) continue;
    dmstall::measure("beside each other, own pools", devices, dmstall::beside(devices, "device"));
    dmstall::measure("beside each other, shared", devices, dmstall::beside(devices, "module"));
  }
  for (const int devices : {1, 2, 4, 8}) dmstall::measure("on top of each other", devices, dmstall::on_top(devices));
  return 0;
}
