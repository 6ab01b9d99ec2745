// The journal of a filesystem: handles that change metadata, and the commit that waits for them.
//
// Linux 6.1.192: fs/jbd2/transaction.c (start_this_handle, add_transaction_credits, wait_transaction_locked,
// jbd2_journal_stop), fs/jbd2/commit.c (jbd2_journal_commit_transaction, jbd2_journal_wait_updates,
// journal_submit_commit_record), fs/ext4/fsync.c (ext4_fsync_journal).
// A commit locks the running transaction: no new handle starts until all that are open have stopped. That is a reader
// and writer lock whose queued writer blocks new readers. A reserved handle (extent conversion) joins a locked
// transaction and does not wait.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// start_this_handle: waits while the running transaction is locked.
[[nodiscard]] Steps start_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller);
[[nodiscard]] Steps stop_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller);

/// Somebody waits for a commit: the journal's one thread waits for the open handles, then writes its record to `below`,
/// one bio of fs_bio_set, which may meet `faults`.
[[nodiscard]] Steps commit(Stack& stack, DeviceIndex filesystem, DeviceIndex below, const std::string& caller,
                           const FaultSet& faults, const Steps& committed, const Steps& failed);

}  // namespace dmstall::models
