// The Debian package: what is in it, and that it asks for the libraries it needs.
#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

class Package : public ProgramTest {};

TEST_F(Package, HoldsProgramManualCompletionsAndScenarios) {
  const fs::path build = fs::path(DMSTALL_PROGRAM).parent_path();
  const std::string made =
      "cd " + build.string() + " && cpack -G DEB -B " + folder_.string() + " >" + (folder_ / "said").string() + " 2>&1";
  ASSERT_EQ(std::system(made.c_str()), 0) << read(folder_ / "said");
  const std::string list = "dpkg-deb --contents " + folder_.string() + "/*.deb >" + (folder_ / "contents").string() +
                           " && dpkg-deb --field " + folder_.string() + "/*.deb Depends >" +
                           (folder_ / "depends").string();
  ASSERT_EQ(std::system(list.c_str()), 0);
  const std::string contents = read(folder_ / "contents");
  for (const char* file : {"./usr/bin/dmstall\n", "man/man1/dmstall.1", "man/man5/dmstall-scenario.5",
                           "bash-completion/completions/dmstall\n", "zsh/vendor-completions/_dmstall\n",
                           "fish/vendor_completions.d/dmstall.fish\n", "dmstall/scenarios/seed/shared-pools.json\n",
                           "dmstall/scenarios/scenario.schema.json\n"}) {
    EXPECT_NE(contents.find(file), std::string::npos) << file << "\n" << contents;
  }
  const std::string depends = read(folder_ / "depends");
  for (const char* library : {"libsimgrid", "libfmt", "libc6"})
    EXPECT_NE(depends.find(library), std::string::npos) << depends;
}

}  // namespace
}  // namespace dmstall::tests
