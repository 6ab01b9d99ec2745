// Whether a certificate is about models that leave out what today's models leave out.
#pragma once

#include <string>

#include "analysis/engines/prove/certificate.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// Empty, or what differs in one sentence: a proof about other models, or one that hides what they do not have.
[[nodiscard]] std::string covers_something_else(const Certificate& certificate, const models::Machine& machine);

}  // namespace dmstall::analysis
