// A certificate as a file: what `dmstall verify` needs, and a person can read.
//
// JSON, "dmstall_certificate": 1. `scenario.sha256` is that of the scenario's bytes; `digest` is the SHA-256 of the
// document without it. Ranks count from 1, the highest; multipliers are exact: "3" or "7/2". `covers` names what the
// models left out when it was written.
#pragma once

#include <optional>
#include <string>

#include "analysis/engines/prove/certificate.hpp"

namespace dmstall::analysis {

struct CertificateFile {
  Certificate certificate;
  std::string scenario_file;  ///< where the scenario was; may be empty
  std::string version;        ///< of the dmstall that wrote it
};

/// Throws std::runtime_error when OpenSSL refuses to digest it.
[[nodiscard]] std::string write_certificate(const Certificate& certificate, const std::string& scenario_file = "");

struct CertificateRead {
  std::optional<CertificateFile> file;
  std::string refusal;  ///< why not
};

/// Takes nothing that write_certificate would not have written: unknown keys, other types, a digest that does not fit.
[[nodiscard]] CertificateRead read_certificate(const std::string& text);

}  // namespace dmstall::analysis
