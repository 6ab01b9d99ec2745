#include "analysis/use/doctor/requirements.hpp"

namespace dmstall::analysis {

const std::vector<Feature>& features() {
  static const std::vector<Feature> table = {
      {"pictures of a comparison",
       "dmstall compare --plot FILE.svg, FILE.png",
       NeededBy::command,
       {{"gnuplot", "gnuplot-nox"}}},
      {"models for SPIN",
       "spin -a, after `dmstall export --promela`",
       NeededBy::output,
       {{"spin", "spin"}, {"cc", "gcc"}}},
      {"pictures of waits", "dot -Tsvg, after `dmstall show --dot`", NeededBy::output, {{"dot", "graphviz"}}},
      {"man pages", "man dmstall, man dmstall-scenario", NeededBy::output, {{"man", "man-db"}}},
      {"JSON in scripts", "jq on reports and `dmstall schema`", NeededBy::output, {{"jq", "jq"}}},
      {"building",
       "scenarios/run.sh",
       NeededBy::source,
       {{"c++", "g++"}, {"cmake", "cmake"}, {"ninja", "ninja-build"}, {"pkg-config", "pkg-config"}}},
      {"tests",
       "tests/run.sh",
       NeededBy::source,
       {{"python3", "python3"},
        {"spin", "spin"},
        {"xmllint", "libxml2-utils"},
        {"groff", "groff-base"},
        {"zsh", "zsh"},
        {"fish", "fish"},
        {"patch", "patch"},
        {"gnuplot", "gnuplot-nox"},
        {"clang-format", "clang-format"}}},
      {"traces of kernels",
       "tests/traces/record.sh",
       NeededBy::source,
       {{"qemu-system-x86_64", "qemu-system-x86"},
        {"busybox", "busybox-static"},
        {"dmsetup", "dmsetup"},
        {"veritysetup", "cryptsetup-bin"},
        {"mkfs.ext4", "e2fsprogs"},
        {"cpio", "cpio"}}},
  };
  return table;
}

}  // namespace dmstall::analysis
