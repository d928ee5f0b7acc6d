# No manual page draws a warning from mandoc.
set -euo pipefail
git ls-files '*.[1-8]' | xargs mandoc -T lint -W warning
