#include "models/scenario/parts.hpp"
namespace dmstall::models {
void check_task_steps(const ReadContext&) {}
}  // namespace dmstall::models
