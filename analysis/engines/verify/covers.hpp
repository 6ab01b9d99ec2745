// Whether a certificate is about models that leave out what today's models leave out.
#pragma once

#include <string>
#include <vector>

#include "analysis/engines/prove/certificate.hpp"
#include "models/machine/machine.hpp"

namespace dmstall::analysis {

/// What differs: analysis/report/refusal_text makes the sentence.
struct OtherModels {
  std::string kernel, kernel_here;  ///< of the certificate and of the machine; empty: the same one
  // Of one kind: ids of the ledger of omissions.
  bool could_matter = true;                   ///< the kind
  std::vector<std::string> unnamed, unknown;  ///< only the models have them; only the certificate names them

  [[nodiscard]] explicit operator bool() const { return !kernel_here.empty() || !unnamed.empty() || !unknown.empty(); }
};

/// Nothing, or how the proof is about other models, or hides what they do not have.
[[nodiscard]] OtherModels covers_something_else(const Certificate& certificate, const models::Machine& machine);

}  // namespace dmstall::analysis
