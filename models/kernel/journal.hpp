// The journal of a filesystem: handles that change metadata, and the commit that waits for them.
//
// Linux 6.1.192 and 6.12.117: fs/jbd2/transaction.c (start_this_handle, add_transaction_credits,
// wait_transaction_locked, jbd2_journal_stop), fs/jbd2/commit.c (jbd2_journal_commit_transaction,
// jbd2_journal_wait_updates, journal_submit_commit_record), fs/ext4/fsync.c (ext4_fsync_journal). A commit locks the
// running transaction: no new handle starts until all that are open have stopped. That is a reader and writer lock
// whose queued writer blocks new readers. A reserved handle (extent conversion) joins a locked transaction and does not
// wait. The commit then writes a copy of each changed block to the log. Until the copy is on the disk the block is in
// shadow (BH_Shadow): who wants to change it again sleeps. Here all blocks of a filesystem are in shadow together,
// because an inode's block is shared by its neighbours and any change may meet one that is written. A timer commits 5 s
// after the first change, whoever else asks for it.
#pragma once

#include "models/kernel/stack.hpp"

namespace dmstall::models {

/// start_this_handle: waits while the running transaction is locked. Under it a block is changed, see change_metadata.
[[nodiscard]] Steps start_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller);
[[nodiscard]] Steps stop_handle(Stack& stack, DeviceIndex filesystem, const std::string& caller);

/// do_get_write_access: waits while the commit writes the block.
[[nodiscard]] Steps change_metadata(Stack& stack, DeviceIndex filesystem, const std::string& caller);

/// Somebody waits for a commit: the journal's one thread waits for the open handles, then writes its record to `below`,
/// one bio of fs_bio_set, which may meet `faults`.
[[nodiscard]] Steps commit(Stack& stack, DeviceIndex filesystem, DeviceIndex below, const std::string& caller,
                           const FaultSet& faults, const Steps& committed, const Steps& failed);

/// The timer's commit of every journal that something changes, where no request of the scenario commits it.
void add_timed_commits(Stack& stack);

}  // namespace dmstall::models
