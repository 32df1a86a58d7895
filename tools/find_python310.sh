#!/bin/sh
# Prints the path of a working Python 3.10, which Rasa 3.6 demands, or says how to get one.
# Order: $PYTHON310, python3.10 on PATH, pyenv's versions, one that uv has or can fetch ($1 is uv).
works() { [ -n "$1" ] && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }

for candidate in "${PYTHON310:-}" "$(command -v python3.10 2>/dev/null)"; do
  if works "$candidate"; then echo "$candidate"; exit 0; fi
done
root="${PYENV_ROOT:-$HOME/.pyenv}"
for candidate in "$root"/versions/3.10.*/bin/python; do
  if works "$candidate"; then echo "$candidate"; exit 0; fi
done
if [ -x "${1:-}" ]; then
  "$1" python install 3.10 >/dev/null 2>&1
  candidate="$("$1" python find 3.10 2>/dev/null)"
  if works "$candidate"; then echo "$candidate"; exit 0; fi
fi
cat >&2 <<'MESSAGE'
Holdfast needs a Python 3.10 for Rasa 3.6.21 and found none.
Any one of these is enough, then run the same command again:
  pyenv install 3.10            (any 3.10.x under ~/.pyenv/versions is found)
  uv python install 3.10
  PYTHON310=/path/to/python3.10 make run
MESSAGE
exit 1
