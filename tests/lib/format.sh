# Every C file is as .clang-format lays it out.
set -euo pipefail
git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
