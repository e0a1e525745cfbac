#!/bin/sh
# Says what to do when the Node.js that npm scripts would run is too old: the pinned one did not get installed.
major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
if [ "$major" -lt 24 ]; then
  echo "Odradek needs Node.js 24 or newer and this is $(node --version)." >&2
  echo "'npm ci' installs the right one for Linux, macOS and Windows; run it again without --omit=optional," >&2
  echo "or put a newer Node.js on the PATH." >&2
  exit 1
fi
