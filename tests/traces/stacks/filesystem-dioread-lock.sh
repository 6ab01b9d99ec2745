# shellcheck source=tests/traces/stacks/filesystem.sh
. /stacks/filesystem.sh
