// How proofs grow: verity devices on top of each other and beside each other.
//
// Each case runs in a process of its own, from the text of its scenario to the verdict of `dmstall run --engine prove`
// with its certificate checked (with faults, and once more without). Printed are user CPU seconds, the most memory and
// what the prover looked at; the last lines are ratios, which hold beside other load.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "analysis/verdict/run_scenario.hpp"
#include "models/scenario/reader.hpp"

namespace dmstall {
namespace {

std::string verity(const std::string& name, const std::string& below, const std::string& on_corruption) {
  return R"(, {"name": ")" + name + R"(", "target": "verity", "data": ")" + below + R"(", "hash": ")" + below +
         R"(", "data_blocks": 1024, "on_corruption": ")" + on_corruption + R"("})";
}

std::string beside(int devices, const std::string& sharing) {
  std::string list = R"({"name": "ufs", "target": "disk"})", work;
  for (int i = 0; i < devices; ++i) {
    const std::string n = std::to_string(i);
    list += verity("v" + n, "ufs", "error");
    work +=
        (i == 0 ? "" : ", ") + (R"({"name": "r)" + n) + R"(", "read": "v)" + n + R"(", "count": 10, "in_flight": 4})";
  }
  return R"({"format": 1, "name": "beside", "sharing": ")" + sharing + R"(", "devices": [)" + list +
         R"(], "workload": [)" + work + "]}";
}

std::string on_top(int levels) {
  std::string list = R"({"name": "x0", "target": "disk"})";
  for (int i = 1; i <= levels; ++i) list += verity("x" + std::to_string(i), "x" + std::to_string(i - 1), "ignore");
  return R"({"format": 1, "name": "on-top", "memory": {"allocator": "adversary"}, "faults": "any", "devices": [)" +
         list + R"(], "workload": [{"read": "x)" + std::to_string(levels) + R"(", "count": 8, "in_flight": 2}]})";
}

void prove(const std::string& text) {
  const models::ReadResult read = models::read_scenario_text(text, "bench.json");
  if (!read.scenario) {
    std::printf("%s\n", models::format_diagnostics(read.diagnostics).c_str());
    std::exit(1);
  }
  analysis::RunOptions options;
  options.engine = analysis::Engine::prove;
  const analysis::RunReport report = analysis::run_scenario(*read.scenario, options);
  std::printf("%8zu flows %9zu nodes %9zu positions  %s", report.machine.flows.size(), report.machine.nodes.size(),
              report.proof ? report.proof->positions : 0, report.proves() ? "PROVED, checked" : "NOT PROVED");
  std::fflush(stdout);
}

struct Cost {
  double user_s = 0;
  long most_kib = 0;
};

Cost measure(const char* what, int devices, const std::string& text) {
  std::printf("%-30s %6d ", what, devices);
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    prove(text);
    _exit(0);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) < 0 || status != 0) {
    std::printf("ended with %d\n", status);
    std::exit(1);
  }
  const Cost cost{static_cast<double>(used.ru_utime.tv_sec) + 1e-6 * static_cast<double>(used.ru_utime.tv_usec),
                  used.ru_maxrss};
  std::printf("  %8.3f s user  %6ld MiB\n", cost.user_s, cost.most_kib / 1024);
  return cost;
}

}  // namespace
}  // namespace dmstall

int main(int argc, char** argv) {
  using namespace dmstall;
  const int most = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const Cost eight = measure("on top of each other", 8, on_top(8));
  const Cost twelve = measure("on top of each other", 12, on_top(12));
  measure("on top of each other", 100, on_top(100));
  const Cost hundred = measure("beside each other, own pools", 100, beside(100, "device"));
  const Cost thousand = measure("beside each other, own pools", 1'000, beside(1'000, "device"));
  measure("beside each other, shared", 1'000, beside(1'000, "module"));
  if (most >= 10'000) {
    measure("beside each other, own pools", 10'000, beside(10'000, "device"));
    measure("beside each other, shared", 10'000, beside(10'000, "module"));
  }
  std::printf("12 on top of each other / 8: %.2f   1,000 beside each other / 100: %.2f\n", twelve.user_s / eight.user_s,
              thousand.user_s / hundred.user_s);
  return 0;
}
