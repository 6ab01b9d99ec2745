// Jobs in processes: every way to end, every size of an answer, and nothing left behind.
#include "analysis/use/batch/processes.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dmstall::tests {

namespace {

using analysis::BatchEnding;
using analysis::ProcessEnd;
using How = ProcessEnd::How;
using Work = std::function<std::string(std::size_t)>;

long open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

/// Runs the jobs and checks what holds for every batch: one end per job, no zombie, no descriptor left.
std::map<std::size_t, ProcessEnd> run(std::size_t jobs, int parallel, std::optional<double> timeout_s,
                                      const Work& work) {
  const long descriptors = open_descriptors();
  std::map<std::size_t, ProcessEnd> ends;
  const BatchEnding ending =
      analysis::run_in_processes(jobs, parallel, timeout_s, work, [&](std::size_t job, ProcessEnd end) {
        EXPECT_TRUE(ends.emplace(job, std::move(end)).second) << "job " << job << " ended twice";
      });
  EXPECT_EQ(ending, BatchEnding::complete);
  EXPECT_EQ(ends.size(), jobs);
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  return ends;
}

ProcessEnd run_one(const Work& work, std::optional<double> timeout_s = {}) {
  auto ends = run(1, 1, timeout_s, work);
  return ends.empty() ? ProcessEnd{} : ends.begin()->second;
}

/// A signal that the sanitizers and the test runner do not catch on its way.
std::string die_of(int number) {
  std::signal(number, SIG_DFL);
  std::raise(number);
  return "survived";
}

}  // namespace

TEST(Processes, AHundredJobsEachInItsOwnProcess) {
  auto ends = run(100, 8, {}, [](std::size_t job) { return std::to_string(job) + " " + std::to_string(::getpid()); });
  std::set<std::string> processes;
  for (const auto& [job, end] : ends) {
    EXPECT_EQ(end.how, How::finished);
    const std::size_t space = end.output.find(' ');
    EXPECT_EQ(end.output.substr(0, space), std::to_string(job));
    processes.insert(end.output.substr(space));
  }
  EXPECT_EQ(processes.size(), 100u);
}

TEST(Processes, NoJobsAreNoProcesses) {
  EXPECT_TRUE(run(0, 4, 1.0, [](std::size_t) { return std::string(); }).empty());
}

TEST(Processes, NotMoreAtOnceThanAsked) {
  // Each job holds a token of the pipe while it runs; a third one at a time would find the pipe empty.
  int tokens[2];
  ASSERT_EQ(::pipe2(tokens, O_NONBLOCK), 0);
  ASSERT_EQ(::write(tokens[1], "tt", 2), 2);
  const auto ends = run(40, 2, {}, [&](std::size_t) {
    char token = 0;
    if (::read(tokens[0], &token, 1) != 1) throw std::runtime_error("too many at once");
    ::usleep(1000);
    if (::write(tokens[1], &token, 1) != 1) throw std::runtime_error("token lost");
    return std::string("ok");
  });
  for (const auto& [job, end] : ends) EXPECT_EQ(end.output, "ok") << end.errors;
  ::close(tokens[0]);
  ::close(tokens[1]);
}

TEST(Processes, StateOfAJobDiesWithIt) {
  int counter = 0;
  for (const auto& [job, end] : run(5, 1, {}, [&](std::size_t) { return std::to_string(++counter); }))
    EXPECT_EQ(end.output, "1");
  EXPECT_EQ(counter, 0);
}

TEST(Processes, TenMegabytesOfAnyBytesArriveFromSeveralAtOnce) {
  constexpr std::size_t size = 10'000'000;
  const auto byte_at = [](std::size_t job, std::size_t i) { return static_cast<char>((i * 31 + job) % 256); };
  const auto ends = run(3, 3, {}, [&](std::size_t job) {
    std::string answer(size, '\0');
    for (std::size_t i = 0; i < size; ++i) answer[i] = byte_at(job, i);
    return answer;
  });
  for (const auto& [job, end] : ends) {
    ASSERT_EQ(end.output.size(), size);
    for (std::size_t i = 0; i < size; i += 4093) ASSERT_EQ(end.output[i], byte_at(job, i)) << "byte " << i;
  }
}

TEST(Processes, AnEmptyAnswerIsAnAnswer) {
  const ProcessEnd end = run_one([](std::size_t) { return std::string(); });
  EXPECT_EQ(end.how, How::finished);
  EXPECT_EQ(end.output, "");
}

TEST(Processes, ACrashIsReportedWithItsSignalAndTheOthersGoOn) {
  const auto ends = run(6, 2, {}, [](std::size_t job) { return job == 2 ? die_of(SIGSEGV) : std::string("fine"); });
  for (const auto& [job, end] : ends) {
    EXPECT_EQ(end.how, job == 2 ? How::crashed : How::finished);
    EXPECT_EQ(end.signal, job == 2 ? SIGSEGV : 0);
    EXPECT_EQ(end.output, job == 2 ? "" : "fine");
  }
}

TEST(Processes, AnExitInTheMiddleIsACrash) {
  const ProcessEnd three = run_one([](std::size_t) -> std::string { ::_exit(3); });
  EXPECT_EQ(three.how, How::crashed);
  EXPECT_EQ(three.exit_status, 3);
  EXPECT_EQ(three.signal, 0);
  const ProcessEnd zero = run_one([](std::size_t) -> std::string { ::_exit(0); });
  EXPECT_EQ(zero.how, How::crashed);
}

TEST(Processes, AnExceptionIsACrashWithItsMessage) {
  const ProcessEnd end = run_one([](std::size_t) -> std::string { throw std::runtime_error("no such flow"); });
  EXPECT_EQ(end.how, How::crashed);
  EXPECT_EQ(end.errors, "no such flow");
  EXPECT_EQ(run_one([](std::size_t) -> std::string { throw 7; }).how, How::crashed);
}

TEST(Processes, WhatAJobPrintsIsKeptApartFromItsAnswer) {
  const ProcessEnd end = run_one([](std::size_t) {
    std::fputs("to stderr;", stderr);
    std::puts("to stdout");
    return std::string("answer");
  });
  EXPECT_EQ(end.output, "answer");
  EXPECT_EQ(end.errors, "to stderr;to stdout\n");
}

TEST(Processes, AJobThatNeverStopsPrintingIsCutNotWaitedFor) {
  const ProcessEnd end = run_one([](std::size_t) {
    const std::string noise(100'000, 'x');
    for (int i = 0; i < 100; ++i) std::fputs(noise.c_str(), stderr);
    return std::string("done");
  });
  EXPECT_EQ(end.output, "done");
  EXPECT_EQ(end.errors.size(), std::size_t{1} << 20);
}

TEST(Processes, AJobOverItsTimeIsKilled) {
  const auto ends = run(3, 3, 1.0, [](std::size_t job) {
    while (job == 1) ::pause();
    return std::string("in time");
  });
  EXPECT_EQ(ends.at(0).how, How::finished);
  EXPECT_EQ(ends.at(1).how, How::timed_out);
  EXPECT_EQ(ends.at(1).signal, SIGKILL);
  EXPECT_EQ(ends.at(2).how, How::finished);
}

TEST(Processes, AGrandchildThatHoldsThePipesDoesNotHoldTheBatch) {
  const ProcessEnd end = run_one(
      [](std::size_t) -> std::string {
        if (::fork() == 0) {
          ::sleep(3);
          ::_exit(0);
        }
        ::_exit(5);
      },
      0.2);
  EXPECT_EQ(end.how, How::timed_out);
}

TEST(Processes, StdinIsEmpty) {
  EXPECT_EQ(run_one([](std::size_t) { return std::to_string(std::getchar()); }).output, "-1");
}

TEST(Processes, AnInterruptKillsWhatRunsAndKeepsWhatIsFinished) {
  for (const int number : {SIGINT, SIGTERM}) {
    const long descriptors = open_descriptors();
    std::vector<std::size_t> finished;
    const BatchEnding ending = analysis::run_in_processes(
        20, 2, {},
        [](std::size_t job) -> std::string {
          while (job > 0) ::pause();
          return "first";
        },
        [&](std::size_t job, const ProcessEnd&) {
          finished.push_back(job);
          ::kill(::getpid(), number);
        });
    EXPECT_EQ(ending, BatchEnding::interrupted);
    EXPECT_EQ(finished, std::vector<std::size_t>{0});
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  }
}

TEST(Processes, AnExceptionOfTheCallerLeavesNobodyBehind) {
  EXPECT_THROW((void)analysis::run_in_processes(
                   4, 2, {},
                   [](std::size_t job) -> std::string {
                     while (job > 0) ::pause();
                     return "first";
                   },
                   [](std::size_t, const ProcessEnd&) { throw std::runtime_error("disk full"); }),
               std::runtime_error);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(Processes, ChildrenDieWithTheirParent) {
  int alive[2];
  ASSERT_EQ(::pipe(alive), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(alive[0]);
    (void)analysis::run_in_processes(
        2, 2, {},
        [&](std::size_t) -> std::string {
          (void)!::write(alive[1], "x", 1);
          while (true) ::pause();
        },
        [](std::size_t, const ProcessEnd&) {});
    ::_exit(0);
  }
  ::close(alive[1]);
  char byte = 0;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(::read(alive[0], &byte, 1), 1);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_EQ(::read(alive[0], &byte, 1), 0) << "the end of the pipe: nobody holds it any more";
  ::close(alive[0]);
}

TEST(Processes, ThereIsAtLeastOneProcessor) {
  EXPECT_GE(analysis::default_parallel(), 1);
}

}  // namespace dmstall::tests
