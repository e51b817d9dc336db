#!/bin/sh
# A farm on this machine: a server and three renders on loopback, a job of 24 frames and a contact sheet.
#
#   REEVE_BIN   folder of the built programs (default .build/release)
#   DEMO_DIR    folder to make and work in (default ./demo-1, ./demo-2, ...: the first that is free)
#   DEMO_HOLD   1: leave the farm running, and say how to watch and stop it
#
# The pictures stay. What was started here is stopped again, by its process id, whatever happens.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
bin=${REEVE_BIN:-$here/.build/release}
bin=$(cd "$bin" && pwd)
hold=${DEMO_HOLD:-}
frames=24

say() { printf '%s\n' "$*"; }
fail() {
  printf 'demo: %s\n' "$*" >&2
  exit 1
}

for program in reeve reeve-server reeve-render reeve-watch; do
  [ -x "$bin/$program" ] || fail "$bin/$program is missing (run 'make build')"
done
for program in povray montage; do
  command -v "$program" >/dev/null || fail "$program is missing (run 'make deps')"
done

# --- A folder of its own

if [ -n "${DEMO_DIR:-}" ]; then
  mkdir -p "$DEMO_DIR"
  folder=$(cd "$DEMO_DIR" && pwd)
else
  number=1
  until mkdir "demo-$number" 2>/dev/null; do
    number=$((number + 1))
    [ "$number" -le 999 ] || fail "no folder can be made in $(pwd)"
  done
  folder=$(pwd)/demo-$number
fi
case $folder in
  *[\"\'\\]*) fail "the folder's path has a quote or a backslash in it: $folder" ;;
esac
pictures=$folder/pictures
farm=$folder/farm
mkdir -p "$pictures" "$farm"
: >"$farm/pids"

# Our own farm only: nobody's settings, nobody's list of known servers.
unset REEVE_SERVER REEVE_USER REEVE_STATE REEVE_SERVICES
export XDG_CONFIG_HOME="$farm/config"

# --- Stopping

# Also written to a file, for DEMO_HOLD: ends the agents, which end their tasks, then the server.
cat >"$folder/stop.sh" <<'STOP'
#!/bin/sh
# Stops the farm of this demo. The pictures stay.
folder=$(cd "$(dirname "$0")" && pwd)
pids=$folder/farm/pids

# A process id may have been given to another process since: ours have this folder in their command line.
ours() { [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$folder/farm/"; } 2>/dev/null

stop() { # name pid
  ours "$2" || return 0
  kill -TERM "$2" 2>/dev/null || return 0
  tries=0
  while ours "$2"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ]; then
      echo "$1 ($2) does not leave: killed" >&2
      kill -KILL "$2" 2>/dev/null
      return 0
    fi
    sleep 0.1
  done
}

[ -f "$pids" ] || exit 0
# What was started last is stopped first.
sort -n -r -k1 "$pids" | while read -r _ pid name; do stop "$name" "$pid"; done
# Keepers leave by themselves when their last task is gone; the demo does not wait for that.
for cmdline in /proc/[0-9]*/cmdline; do
  pid=${cmdline#/proc/}
  pid=${pid%/cmdline}
  [ "$pid" != "$$" ] || continue
  case $({ tr '\0' ' ' <"$cmdline"; } 2>/dev/null) in
    *reeve-render*"$folder/farm/"*) kill -TERM "$pid" 2>/dev/null ;;
  esac
done
rm -f "$pids"
STOP
chmod +x "$folder/stop.sh"

finished=
leave() {
  status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$finished" ] && [ -n "$hold" ]; then exit 0; fi
  # 130 and 143: somebody interrupted it, and needs no explanation.
  if [ "$status" -ne 0 ] && [ "$status" -ne 130 ] && [ "$status" -ne 143 ]; then
    for log in "$farm"/*.log; do
      [ -s "$log" ] || continue
      printf '\n--- the end of %s\n' "$log" >&2
      tail -n 15 "$log" >&2
    done
  fi
  "$folder/stop.sh" || true
  exit "$status"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

order=0
start() { # name program arguments: its output goes to NAME.out and NAME.log
  name=$1
  shift
  order=$((order + 1))
  # In a session of its own: an interrupt typed here is for this script alone, which then stops all in order.
  setsid "$@" >"$farm/$name.out" 2>"$farm/$name.log" </dev/null &
  started=$!
  echo "$order $started $name" >>"$farm/pids"
}

wait_for() { # name pid text: until the line is there
  tries=0
  until grep -qF "$3" "$farm/$1.out" 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || fail "$1 ended: $(tail -n 1 "$farm/$1.log")"
    tries=$((tries + 1))
    [ "$tries" -le 600 ] || fail "$1 did not say \"$3\" within a minute"
    sleep 0.1
  done
}

# --- The farm

start server "$bin/reeve-server" --listen 127.0.0.1:0 --state "$farm/server"
wait_for server "$started" 'reeve-server: ready on '
server=$(sed -n 's/^reeve-server: ready on \([^,]*\),.*/\1/p' "$farm/server.out" | head -n 1)
[ -n "$server" ] || fail "the server's ready line names no port: $(head -n 1 "$farm/server.out")"
say "Server on $server"

for render in r1 r2 r3; do
  # --eject: when the demo stops them, their tasks end with them.
  start "$render" "$bin/reeve-render" --server "$server" --name "$render" --state "$farm/$render" --eject
  eval "pid_$render=$started"
done
for render in r1 r2 r3; do
  eval "pid=\$pid_$render"
  wait_for "$render" "$pid" "$render registered with"
done
say 'Three renders: r1 r2 r3'

export REEVE_SERVER="$server"

# The same command and console, for whoever looks at this farm later.
for program in reeve reeve-watch; do
  cat >"$folder/$program" <<WRAPPER
#!/bin/sh
# $program, for the farm of this demo.
export REEVE_SERVER='$server' XDG_CONFIG_HOME='$farm/config'
exec '$bin/$program' "\$@"
WRAPPER
  chmod +x "$folder/$program"
done

# --- The job

# Puts this demo's folders where the example says @PICTURES@ and @SCENES@.
fill() {
  while IFS= read -r line || [ -n "$line" ]; do
    done_part=
    while :; do
      case $line in
        *@PICTURES@*) done_part=$done_part${line%%@PICTURES@*}$pictures line=${line#*@PICTURES@} ;;
        *@SCENES@*) done_part=$done_part${line%%@SCENES@*}$here/examples/povray line=${line#*@SCENES@} ;;
        *) break ;;
      esac
    done
    printf '%s\n' "$done_part$line"
  done
}
fill <"$here/examples/povray.json" >"$folder/job.json"

job=$("$bin/reeve" submit "$folder/job.json") || fail 'the job was refused'
say "Job $job: $frames frames, then a contact sheet"
"$bin/reeve" wait --timeout 1800 "$job" || {
  "$bin/reeve" tasks "$job" >&2 || true
  fail "job $job did not end done"
}

# --- What came of it

# A PNG file: its first eight bytes, then its width and height at byte 16, four bytes each.
picture() { # file width height
  [ -s "$1" ] || fail "$1 is missing"
  bytes=$(od -An -v -tx1 -N24 "$1" | tr -d ' \n')
  case $bytes in
    89504e470d0a1a0a????????49484452*) ;;
    *) fail "$1 is no PNG picture" ;;
  esac
  size=$(printf '%d %d' "0x$(echo "$bytes" | cut -c33-40)" "0x$(echo "$bytes" | cut -c41-48)")
  [ "$2" = any ] || [ "$size" = "$2 $3" ] || fail "$1 is $size pixels, not $2 $3"
}

frame=1
while [ "$frame" -le "$frames" ]; do
  picture "$pictures/$(printf 'frame_%02d.png' "$frame")" 320 240
  frame=$((frame + 1))
done
picture "$pictures/contact_sheet.png" any any
finished=yes

say "Done: $frames frames of 320x240 and a contact sheet (${size% *}x${size#* })"
say "  $pictures/frame_01.png to frame_$frames.png"
say "  $pictures/contact_sheet.png"

watch() { "$bin/reeve-watch" || true; }

if [ -z "$hold" ] && [ -t 0 ] && [ -t 1 ]; then
  printf 'Look at the farm in the console (Q quits)? [y/N] '
  read -r answer || answer=
  case $answer in
    [yY]*) watch ;;
  esac
fi

if [ -n "$hold" ]; then
  say ''
  say 'The farm is left running.'
  say "  watch it:     $folder/reeve-watch"
  say "  work on it:   $folder/reeve jobs"
  say "  stop it:      $folder/stop.sh"
fi
