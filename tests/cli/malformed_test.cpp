// Hostile input: every file of tests/fixtures/malformed, and what is too large to be written down, is refused with a
// place and a reason, soon and in little memory.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <regex>

#include "tests/cli/program_test.hpp"

namespace dmstall::tests {
namespace {

constexpr long most_memory_kib = 500 * 1024;
constexpr double most_cpu_seconds = 10;  // far above what is seen: a busy machine must not fail it, quadratic time does

struct Refusal {
  int code = -1;
  std::string err;
  double cpu_seconds = 0;
  long memory_kib = 0;
};

class Malformed : public ProgramTest {
 protected:
  /// `dmstall run FILE` with what it used.
  [[nodiscard]] Refusal refuse(const fs::path& file) const {
    const fs::path said = folder_.string() + ".err";
    const pid_t child = ::fork();
    if (child == 0) {
      const int nothing = ::open("/dev/null", O_RDWR), err = ::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(nothing, STDIN_FILENO);
      ::dup2(nothing, STDOUT_FILENO);
      ::dup2(err, STDERR_FILENO);
      ::execl(DMSTALL_PROGRAM, DMSTALL_PROGRAM, "run", file.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    rusage used{};
    if (::wait4(child, &status, 0, &used) != child) return {};
    const double cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    Refusal refusal{WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(said), cpu, used.ru_maxrss};
    fs::remove(said);
    return refusal;
  }

  void must_be_refused(const fs::path& file, const std::string& place, const std::string& part) const {
    SCOPED_TRACE(file);
    const Refusal refusal = refuse(file);
    EXPECT_EQ(refusal.code, 65) << refusal.err.substr(0, 2000);
    EXPECT_TRUE(std::regex_search(refusal.err.substr(0, 4000), std::regex(":[0-9]+:[0-9]+: error: \\S")))
        << refusal.err.substr(0, 2000);
    const std::string where = place == "-" ? "" : file.filename().string() + ":" + place + ": error: ";
    EXPECT_NE(refusal.err.find(where), std::string::npos) << place << "\n" << refusal.err.substr(0, 2000);
    EXPECT_NE(refusal.err.find(part), std::string::npos) << part << "\n" << refusal.err.substr(0, 2000);
    EXPECT_LT(refusal.cpu_seconds, most_cpu_seconds);
    EXPECT_LT(refusal.memory_kib, most_memory_kib);
  }

  void must_be_refused(const std::string& name, const std::string& text) const {
    must_be_refused(write(name, text), "-", "");
  }
};

TEST_F(Malformed, EveryFixtureIsRefusedAtItsPlace) {
  const fs::path folder = std::string(DMSTALL_SOURCE_DIR) + "/tests/fixtures/malformed";
  std::istringstream table(read(folder / "expected.tsv"));
  std::size_t files = 0;
  for (std::string line; std::getline(table, line); ++files) {
    std::istringstream cells(line);
    std::string name, place, schema, part;
    std::getline(cells, name, '\t');
    std::getline(cells, place, '\t');
    std::getline(cells, schema, '\t');
    std::getline(cells, part, '\t');
    must_be_refused(folder / name, place, part);
  }
  EXPECT_GE(files, 100u);
  std::size_t there = 0;
  for (const auto& entry : fs::directory_iterator(folder)) there += entry.path().extension() == ".json" ? 1 : 0;
  EXPECT_EQ(there, files) << "every file has a line in expected.tsv";
}

TEST_F(Malformed, DeepNesting) {
  must_be_refused("arrays.json", "{\"format\": 1, \"devices\": " + std::string(1'000'000, '['));
  std::string objects = "{\"format\": 1, \"devices\": ";
  for (int i = 0; i < 300'000; ++i) objects += "{\"a\":";
  must_be_refused("objects.json", objects);
  std::string steps =
      "{\"format\": 1, \"name\": \"x\", \"resources\": {\"a\": {\"mempool\": 1}}, \"tasks\": [{\"name\": \"t\", "
      "\"steps\": ";
  for (int i = 0; i < 100'000; ++i) steps += "[{\"forever\": ";
  must_be_refused("steps.json", steps + std::string(3, ']'));
}

TEST_F(Malformed, LargeFiles) {
  must_be_refused(write("larger.json", std::string(50'000'000, ' ')), "1:1", "larger than 16 MiB");
  constexpr std::size_t size = 16'000'000;  // and what is read to its end
  must_be_refused("blanks.json", std::string(size, ' '));
  must_be_refused("string.json", "{\"format\": 1, \"name\": \"" + std::string(size, 'x') + "\"}");
  std::string numbers = "{\"format\": 1, \"devices\": [";
  while (numbers.size() < size) numbers += "1,";
  must_be_refused("numbers.json", numbers + "1]}");
}

TEST_F(Malformed, NotAFileAtAll) {
  EXPECT_EQ(refuse("/dev/null").code, 65);
  EXPECT_EQ(refuse(folder_).code, 65);
  EXPECT_EQ(refuse(folder_ / "missing.json").code, 65);
}

}  // namespace
}  // namespace dmstall::tests
