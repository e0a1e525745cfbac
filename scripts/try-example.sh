#!/bin/sh
# Installs the flights example and runs it whole, with one service stopped and started again in the middle.
set -eu
cd "$(dirname "$0")/../examples/flights"
npm ci --no-audit --no-fund
node run.mjs --restart missed-connections
