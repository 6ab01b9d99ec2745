// The text of traces: what is read, and what is refused, with its line.
#include "tests/audit/audited.hpp"

namespace dmstall::tests {

namespace {

using analysis::read_trace;
using analysis::TraceRead;
using models::EventKind;

const std::string begin = "# dmstall-trace 1\n";

std::string refusal_of(const std::string& text) {
  const TraceRead read = read_trace(text);
  EXPECT_FALSE(read.trace) << text;
  return std::to_string(read.line) + ": " + read.refusal;
}

}  // namespace

TEST(RecordedTrace, IsReadWithItsHeader) {
  const auto trace = trace_of(
      "# kernel: 6.12.117\n# release: 6.12\n# scenario: a/b.json\n# operation: read bad_block\n"
      "# unseen: do_region, alloc_io\n# jumps: endio>dec_count, verity_finish_io\n\n"
      "3 take gfp=GFP_NOIO|__GFP_HIGH what=fs_bio_set kworker:kverityd | mempool_alloc_noprof < f.isra.0 < g\n");
  EXPECT_EQ(trace.kernel, "6.12.117");
  EXPECT_EQ(trace.release, "6.12");
  EXPECT_EQ(trace.scenario, "a/b.json");
  EXPECT_EQ(trace.operation, "read bad_block");
  EXPECT_TRUE(trace.hidden.may_lack("do_region", {"mempool_alloc"}));
  EXPECT_TRUE(trace.hidden.may_lack("verity_finish_io", {"mempool_alloc"}));
  EXPECT_TRUE(trace.hidden.may_lack("endio", {"mempool_free", "dec_count"}));
  EXPECT_FALSE(trace.hidden.may_lack("endio", {"mempool_free"}));
  EXPECT_FALSE(trace.hidden.may_lack("dec_count", {"mempool_free"}));
  ASSERT_EQ(trace.events.size(), 1U);
  const analysis::RecordedEvent& event = trace.events[0];
  EXPECT_EQ(event.count, 3U);
  EXPECT_EQ(event.kind, EventKind::take);
  EXPECT_EQ(event.gfp, "GFP_NOIO|__GFP_HIGH");
  EXPECT_EQ(event.what, "fs_bio_set");
  EXPECT_EQ(event.thread, "kworker:kverityd");
  EXPECT_EQ(event.frames, (std::vector<std::string>{"mempool_alloc", "f", "g"}));
  EXPECT_EQ(event.line, 9U);
}

TEST(RecordedTrace, IsRefusedWithItsLine) {
  EXPECT_EQ(refusal_of(""), R"(0: a trace begins with "# dmstall-trace 1")");
  EXPECT_EQ(refusal_of("{}"), R"(1: a trace begins with "# dmstall-trace 1")");
  EXPECT_EQ(refusal_of(begin + "# tool: ftrace\n"), R"(2: the header has no key "tool")");
  EXPECT_EQ(refusal_of(begin + "# release: 6.1\n# release: 6.1\n"), R"(3: "release" is there twice)");
  EXPECT_EQ(refusal_of(begin + "# nothing\n"), R"(2: a line of the header is "# key: value")");
  EXPECT_EQ(refusal_of(begin + "1 take task\n"), R"(2: an event is "COUNT KIND THREAD | function < caller")");
  EXPECT_EQ(refusal_of(begin + "0 take task | f\n"), R"(2: "0" is no count of events)");
  EXPECT_EQ(refusal_of(begin + "-1 take task | f\n"), R"(2: "-1" is no count of events)");
  EXPECT_EQ(refusal_of(begin + "99999999999999999999 take task | f\n"),
            R"(2: "99999999999999999999" is no count of events)");
  EXPECT_EQ(refusal_of(begin + "1 grab task | f\n"), R"(2: no kind of events is called "grab"; there are )"
                                                     "take, give, bio, put, alloc, try, sleep, lock, queue, run");
  EXPECT_EQ(refusal_of(begin + "1 take | f\n"), "2: the event has no thread");
  EXPECT_EQ(refusal_of(begin + "1 take task | f <  < g\n"), "2: a function is missing");
  EXPECT_EQ(refusal_of(begin + "1 take task | f() < g\n"), "2: \"f()\" is no name of a function");
  EXPECT_EQ(refusal_of(begin + "1 take ta\x1b[31msk | f\n"), "2: a thread with characters that cannot be seen");
  EXPECT_EQ(refusal_of(begin + "1 take task | " + std::string(200, 'f') + "\n"),
            "2: a function of more than 128 characters");
  EXPECT_EQ(refusal_of(begin + "1 take task | " + std::string(20'000, 'f') + "\n"),
            "2: a line of more than 16384 bytes");
  EXPECT_EQ(refusal_of(begin + "# operation: \x1b[2J\n"), "2: \"operation\" with characters that cannot be seen");
  EXPECT_EQ(refusal_of("# dmstall-sleepers 1\n# outcome: hung\n"),
            "2: an outcome is \"stuck …\" or \"completed\", not \"hung\"");
  EXPECT_EQ(refusal_of("# dmstall-sleepers 1\n# outcome: stuck for ever\n1 take task | f\n"),
            "3: a recording of sleepers holds nothing but \"sleep\"");
  EXPECT_EQ(refusal_of("# dmstall-sleepers 1\n1 sleep task | f\n"),
            "0: a recording of sleepers says its outcome: \"# outcome: stuck …\" or \"completed\"");
  std::string deep = "1 take task | f";
  for (int i = 0; i < 128; ++i) deep += " < f";
  EXPECT_EQ(refusal_of(begin + deep + "\n"), "2: more than 128 callers");
  std::string many = begin;
  for (int i = 0; i < 100'001; ++i) many += "1 take t | f\n";
  EXPECT_EQ(refusal_of(many), "100002: more than 100000 events");
}

TEST(RecordedTrace, AChainIsItsFunctions) {
  EXPECT_EQ(analysis::functions_of("run_io_job < do_work (kcopyd)"),
            (std::vector<std::string>{"run_io_job", "do_work"}));
  EXPECT_TRUE(analysis::functions_of("").empty());
}

}  // namespace dmstall::tests
