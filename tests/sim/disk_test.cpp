// Latency, bandwidth and queue depth of a disk; CPU time.
#include "sim/disk.hpp"

#include <gtest/gtest.h>

#include "sim/processors.hpp"
#include "tests/sim/programs.hpp"

namespace dmstall::sim::testing {
namespace {

using models::SpendKind;

models::TimedDevice device(double latency_us, double bytes_per_s, int queue_depth) {
  models::TimedDevice made;
  made.name = "disk";
  made.latency_us = latency_us;
  made.read_bytes_per_s = bytes_per_s;
  made.write_bytes_per_s = bytes_per_s / 2;
  made.queue_depth = queue_depth;
  return made;
}

TEST(Disk, LatencyInParallelTransfersInTurn) {
  Disk disk(device(100, 1e6, 4), 0, Random(1, 0));
  // 1000 bytes take 1 ms on the bus; latencies overlap.
  EXPECT_EQ(disk.submit(0, SpendKind::disk_read, 1000, 0)->ends, 1'100'000);
  EXPECT_EQ(disk.submit(1, SpendKind::disk_read, 1000, 0)->ends, 2'100'000);
  // The other direction has a bus of its own, half as fast here.
  EXPECT_EQ(disk.submit(2, SpendKind::disk_write, 1000, 50'000)->ends, 2'150'000);
  EXPECT_EQ(disk.submit(3, SpendKind::disk_flush, 0, 50'000)->ends, 150'000);
}

TEST(Disk, QueueDepthLimitsWhatIsInFlight) {
  Disk disk(device(100, 1e9, 2), 0, Random(1, 0));
  EXPECT_EQ(disk.submit(0, SpendKind::disk_read, 1000, 0)->ends, 101'000);
  EXPECT_EQ(disk.submit(1, SpendKind::disk_read, 1000, 0)->ends, 102'000);
  EXPECT_FALSE(disk.submit(2, SpendKind::disk_read, 1000, 0).has_value());
  EXPECT_FALSE(disk.submit(3, SpendKind::disk_read, 1000, 0).has_value());
  const auto third = disk.complete(0, 101'000);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(third->who, 2);
  EXPECT_EQ(third->ends, 202'000);
  EXPECT_EQ(disk.complete(0, 102'000)->who, 3);
  EXPECT_FALSE(disk.complete(0, 202'000).has_value());
  EXPECT_FALSE(disk.complete(0, 203'000).has_value());
  const DeviceMetrics metrics = disk.metrics(300'000);
  EXPECT_EQ(metrics.max_in_flight, 2);
  EXPECT_EQ(metrics.reads, 4);
  EXPECT_EQ(metrics.bytes, 4000);
  EXPECT_DOUBLE_EQ(metrics.busy_s, 203e-6);
}

TEST(Disk, JitterStaysWithinItsBounds) {
  Disk disk(device(100, 1e15, 1), 0.03, Random(7, 0));
  bool varies = false;
  for (int i = 0; i < 1000; ++i) {
    const Nanoseconds now = i * 1'000'000;
    const Nanoseconds took = disk.submit(0, SpendKind::disk_flush, 0, now)->ends - now;
    EXPECT_GE(took, 97'000);
    EXPECT_LE(took, 103'000);
    varies |= took != 100'000;
    (void)disk.complete(now, now + took);
  }
  EXPECT_TRUE(varies);
}

TEST(Disk, BandwidthOfAWholeRun) {
  // 1000 requests of 64 KiB, 8 in flight: the bus of 100 MiB/s is the bottleneck.
  Builder b;
  b.program.timed_devices.push_back(device(100, 100.0 * 1024 * 1024, 32));
  auto& requests = b.requests("read", {transfer(SpendKind::disk_read, 65536)}, 1000, 8);
  requests.bytes = 65536;
  Options exact;
  exact.latency_jitter = 0;
  const Result result = b.run({}, exact);
  EXPECT_EQ(result.ending, Ending::completed);
  EXPECT_NEAR(result.sim_time_s, 100e-6 + 1000 * 65536 / (100.0 * 1024 * 1024), 1e-6);
  EXPECT_NEAR(result.classes[0].mib_per_s, 100, 0.1);
  ASSERT_EQ(result.devices.size(), 1u);
  EXPECT_EQ(result.devices[0].reads, 1000);
  EXPECT_EQ(result.devices[0].max_in_flight, 8);
  EXPECT_EQ(result.devices[0].bytes, 65536000);
  EXPECT_NEAR(result.devices[0].busy_s, result.sim_time_s, 1e-9);
}

TEST(Disk, LatencyBoundRun) {
  // One at a time: each request costs latency + transfer exactly.
  Builder b;
  b.program.timed_devices.push_back(device(100, 1e9, 32));
  b.requests("read", {transfer(SpendKind::disk_read, 4000)}, 500, 1);
  Options exact;
  exact.latency_jitter = 0;
  const Result result = b.run({}, exact);
  EXPECT_DOUBLE_EQ(result.sim_time_s, 500 * 104e-6);
  EXPECT_DOUBLE_EQ(result.classes[0].latency.max_us, 104);
  EXPECT_NEAR(result.classes[0].latency.p50_us, 104, 1.04);
}

TEST(Processors, SoManyAtATime) {
  Processors cpus(2, 1e9);
  EXPECT_EQ(cpus.submit(0, 4096, 0)->ends, 4096);
  EXPECT_EQ(cpus.submit(1, 4096, 100)->ends, 4196);
  EXPECT_FALSE(cpus.submit(2, 1000, 200).has_value());
  const auto next = cpus.complete(4096);
  EXPECT_EQ(next->who, 2);
  EXPECT_EQ(next->ends, 5096);
  EXPECT_FALSE(cpus.complete(4196).has_value());
}

TEST(Processors, LimitAWholeRun) {
  Builder b;
  b.program.cpus = 4;
  b.program.hash_bytes_per_s = 1e9;
  b.task("t", {hash(1'000'000)}, 10);  // 1 ms each, three rounds
  EXPECT_DOUBLE_EQ(b.run().sim_time_s, 3e-3);
}

TEST(Histogram, QuantilesWithinOnePercent) {
  Histogram histogram;
  for (int i = 1; i <= 100'000; ++i) histogram.add(i * 1000LL);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.5)), 50'000'000, 500'000);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.99)), 99'000'000, 990'000);
  EXPECT_EQ(histogram.summary().max_us, 100'000);
  EXPECT_EQ(histogram.count(), 100'000);
}

}  // namespace
}  // namespace dmstall::sim::testing
