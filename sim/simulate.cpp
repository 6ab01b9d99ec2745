#include "sim/simulate.hpp"

#include "sim/interpreter.hpp"

namespace dmstall::sim {

Result simulate(const models::Machine& machine, const MemoryPlan& memory, const Options& options) {
  return Interpreter(machine, memory, options).run();
}

}  // namespace dmstall::sim
