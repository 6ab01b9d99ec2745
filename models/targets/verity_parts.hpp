// What the files of dm-verity share: the device as its flows see it, its hash tree, and its forward error correction.
#pragma once

#include <string>
#include <vector>

#include "models/kernel/dm_bufio.hpp"
#include "models/kernel/memory_layout.hpp"
#include "models/kernel/workqueue.hpp"
#include "models/scenario/fec.hpp"
#include "models/targets/verity_tree.hpp"

namespace dmstall::models::verity {

inline constexpr const char* work_function = "verity_work";
inline constexpr const char* decode_function = "fec_decode_rsb < verity_fec_decode";
inline constexpr const char* codeword_function = "fec_read_bufs < fec_decode_rsb < verity_fec_decode";

struct Verity {
  Stack& stack;
  DeviceIndex index;
  const Device& device;
  DeviceIndex data, hash;
  HashTree tree;
  Workqueue kverityd;
  const FecSettings* fec;  ///< nullptr: none

  [[nodiscard]] bool ignores() const { return device.text("on_corruption") == "ignore"; }
  [[nodiscard]] bool warm() const { return device.text("hash_cache") == "warm"; }
};

[[nodiscard]] Verity describe(Stack& stack, DeviceIndex index);
/// The part of the ledger that is about everything but error correction, verity_omissions.cpp.
[[nodiscard]] const ModelPart& verity_part();
[[nodiscard]] BufioClient hash_client(const Verity& verity);
[[nodiscard]] Steps hashing(std::int64_t bytes, const std::string& caller);
/// A read of a hash block on behalf of `io`.
[[nodiscard]] Io hash_read(const Verity& verity, const Io& io);
/// Hash blocks that stay cached in a timed run: all of them, unless memory is short (then what bufio may retain, plus
/// the reserve).
[[nodiscard]] std::int64_t cached_blocks(const Verity& verity);
[[nodiscard]] TableId cached_hash_blocks(const Verity& verity);
/// A hash block that the request needs reads well but does not verify.
[[nodiscard]] bool meets_bad_hash(const Verity& verity, const FaultSet& faults);
/// Those of the faults with which a hash block does so.
[[nodiscard]] FaultSet bad_hash_faults(const Verity& verity, const FaultSet& faults);
/// All but those that hit the device's own tree.
[[nodiscard]] FaultSet without_hash_faults(const Verity& verity, const FaultSet& faults);
/// Who verifies a block: the request, or error correction for a data block or for a hash block of a codeword.
enum class HashesFor : std::uint8_t { request, fec_of_data, fec_of_hash };

/// verity_hash_for_block: level 0 if it is cached and verified; else from the root down, one buffer at a time. Ends ok,
/// error (EIO), or bad: without error correction a hash block did not verify and ignore mode goes on with it; with it,
/// see hashes_after_fec.
[[nodiscard]] FlowId hash_for_block(const Verity& verity, const Io& io, HashesFor whom);

/// The functions from the one that asks for the hashes outwards.
[[nodiscard]] std::string walker(HashesFor whom);
/// One level of the tree: ok, error (EIO), or bad. Without error correction bad is a block that does not verify, but
/// ignore mode goes on with it; with it, the bio has been through verity_fec_decode and holds its elements.
[[nodiscard]] FlowId hash_level(const Verity& verity, const Io& io, HashesFor whom);
/// The levels at which a request with these faults comes to a bad block of the tree. The first one met ends the walk;
/// one that is decoded does not, and stands for those above.
[[nodiscard]] std::vector<bool> bad_levels(const Verity& verity, const FaultSet& faults);

/// Whether a path can be taken: with these faults a block may match in the end, whatever is prepared for one that does
/// not.
enum class Possible : bool { no, yes };

/// What verity_handle_err does first, in every mode. Nobody says so where no block can be corrupt.
[[nodiscard]] Steps corruption_found(const Verity& verity, const std::string& caller, Possible possible);

/// verity_handle_err in the modes that end the machine; empty in the others.
[[nodiscard]] Steps stop_on_corruption(const Verity& verity, const std::string& caller);
/// verity_handle_err changes nothing where nobody waits for memory in it and it does not end the machine.
[[nodiscard]] bool corruption_shows(const Verity& verity);

/// verity_submit_prefetch: a work item from kmalloc, without it no prefetch. Skipped when the block is cached.
[[nodiscard]] Steps submit_prefetch(const Verity& verity, const Io& io);

// --- forward error correction, verity_fec.cpp ---------------------------------------------------------------------

/// What is to be decoded: the block of the request itself, or a hash block that is held while its codeword is read.
enum class FecBlock : std::uint8_t { data, hash };

/// v->fec->hash_blocks: blocks of the hash device from the tree's first one on that codewords have; those behind the
/// tree belong to anybody (veritysetup: "foreign metadata").
[[nodiscard]] std::int64_t covered_hash_blocks(const Verity& verity);
/// v->fec->rounds: blocks between two of the same codeword.
[[nodiscard]] std::int64_t rounds(const Verity& verity);
/// verity_hash_for_block for another data block of a codeword, while that is read, where it can come to a hash block
/// that does not match; no_flow where it cannot, or where nothing shows of it. `io`: of the request whose block is
/// decoded. Ends ok: whoever decodes goes on in any case. verity_codeword.cpp.
[[nodiscard]] FlowId bad_hashes_in_codeword(const Verity& verity, const Io& io, FecBlock block);

/// Whether verity_fec_decode can repair what these faults do to the block, see the head of verity_fec.cpp.
[[nodiscard]] bool fec_repairs(const Verity& verity, const FaultSet& faults);
/// verity_fec_decode: elements (unless `has_elements`: kept from an earlier block of the bio), codeword, parity. Ends
/// ok (repaired) or error; the elements stay taken. `hopeless`: whatever is decoded cannot match.
[[nodiscard]] FlowId fec_decode(const Verity& verity, const Io& io, FecBlock block, bool has_elements, bool hopeless);
/// verity_fec_finish_io.
[[nodiscard]] Steps fec_finish_io(const Verity& verity);
void add_fec_reserves(const Verity& verity, DeviceReserves& reserves);
/// The part of the ledger that is about error correction.
[[nodiscard]] const ModelPart& fec_part();
/// ti->per_io_data_size: struct dm_verity_fec_io; 0 without error correction.
[[nodiscard]] std::int64_t fec_per_io_data(const Stack& stack, DeviceIndex device, const MemoryLayout& layout);

}  // namespace dmstall::models::verity
