#!/usr/bin/env bash
# Writes docs/console-walkthrough.md: a night shift at the console, with the keys that are pressed and the screens as they were
# captured from a real terminal before a real farm of three agents. Needs tmux. REEVE_BIN is the folder of the programs (default .build/debug).
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(cd "${REEVE_BIN:-.build/debug}" && pwd)
page=docs/console-walkthrough.md
scratch=$(mktemp -d /tmp/farm-XXXXXX)
export XDG_CONFIG_HOME=$scratch/config XDG_STATE_HOME=$scratch/kept REEVE_USER=anna LC_ALL=C.UTF-8 TERM=xterm-256color
finish() {
  tmux -S "$scratch/tmux" kill-server 2>/dev/null || true
  # Those that are still there: a number may be another's by now.
  for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT

fail() {
  echo "walkthrough: $*" >&2
  screen >&2
  tail -n 8 "$scratch/log" >&2
  exit 1
}
screen() { tmux -S "$scratch/tmux" capture-pane -p | sed 's/ *$//'; }
# Waits until the screen has a text; with -E, what a regular expression matches.
see() {
  for _ in $(seq 600); do
    if screen | grep -q "${2:--F}" -- "$1"; then return; fi
    sleep 0.1
  done
  fail "never seen: $1"
}
# Waits until the screen has it no more.
gone() {
  for _ in $(seq 600); do
    if ! screen | grep -qF -- "$1"; then return; fi
    sleep 0.1
  done
  fail "still there: $1"
}
keys() { tmux -S "$scratch/tmux" send-keys "$@"; }
type_in() { keys -l "$1"; }
say() { printf '%s\n' "$@" >>"$page"; }
task() {
  number=$((number + 1))
  say '' "## $number. $1" '' "$(fmt -w 120 <<<"$2")" '' "Keys: $3"
}
show() { { echo; echo '```text'; screen | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; echo '```'; } >>"$page"; }
number=0

# The farm.
umask 077
printf 'evening shift\n' | "$bin/reeve-server" --state "$scratch/server" --set-password super 2>"$scratch/passwords"
printf 'morning shift\n' | "$bin/reeve-server" --state "$scratch/server" --set-password administrator 2>>"$scratch/passwords"
# A machine that is gone is seen to be gone within seconds.
printf '{"cgru_config": {"af_render_heartbeat_sec": 1, "af_render_zombie_time": 3}}\n' >"$scratch/server.json"
"$bin/reeve-server" --listen 127.0.0.1:0 --state "$scratch/server" --config "$scratch/server.json" >"$scratch/out" 2>"$scratch/log" &
for _ in $(seq 300); do
  grep -q 'ready on' "$scratch/out" && break
  sleep 0.1
done
REEVE_SERVER=$(sed -n 's/.*ready on \([^,]*\),.*/\1/p' "$scratch/out")
export REEVE_SERVER
printf '#!/bin/sh\nkill -9 "$(cat %s/r1.pid)"\n' "$scratch" >"$scratch/fall-asleep"
chmod 755 "$scratch/fall-asleep"
printf '{"cgru_config": {"af_render_cmd_wolsleep": "%s/fall-asleep"}}\n' "$scratch" >"$scratch/render.json"
start_render() {
  "$bin/reeve-render" --name "$1" --state "$scratch/$1" --config "$scratch/render.json" >"$scratch/$1.out" 2>&1 &
  echo $! >"$scratch/$1.pid"
}
for name in r1 r2 r3; do start_render "$name"; done
submit() { "$bin/reeve" run "$@"; }
submit --name 'shot 010' --frames 1-24 -- 'echo frame @#@; i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "tile $i of 40"; sleep 0.1; done' >/dev/null
submit --name 'shot 020' --frames 1-3 -- "[ @#@ != 2 ] || cat $scratch/texture.exr" >/dev/null
waits=$(submit --name 'shot 030' --frames 1-10 --paused -- true)
for name in 'old test 1' 'old test 2' 'old test 3'; do submit --name "$name" --paused -- true >/dev/null; done

tmux -S "$scratch/tmux" -f /dev/null new-session -d -x 80 -y 24 "exec '$bin/reeve-watch'"
tmux -S "$scratch/tmux" set-option -g status off
tmux -S "$scratch/tmux" set-option -g escape-time 10
see 'old test 3'

cat >"$page" <<'TEXT'
# A night shift at the console

Ten things that an operator does in a night, with the keys and the screens. Every key is in what `?` shows, and in
reeve-watch(1), which `F1` opens. The screens were captured from a terminal of 80x24 before a farm of three renders, by
`scripts/walkthrough.sh`, which writes this page.
TEXT

task 'How is the farm?' 'The console begins with the jobs: state, progress, what runs, what has failed. The first line tells how many renders are there and how many tasks run.' '`reeve-watch`'
see 'RUN'
show

task 'What does a job do?' 'Enter opens a job: its blocks above, a cell for each task below. Tab turns the cells into a list.' '`Enter`, `Tab`'
keys g
keys Enter
see 'a cell is a task'
keys Tab
see 'frame 5'
show

task 'Is it alive?' 'Enter on a task shows its output as it is written. `/` searches, `f` shows only lines that match, `q` goes back.' '`Enter`, `/`, `q`'
keys Enter
see 'of 40'
show
keys q
gone 'of 40'
keys q
see 'shot 020'

task 'Find what has failed, and why' 'The filter takes conditions; the log of the failed task ends with the reason.' '`f` `state:err` `Enter`, `Enter`, `Tab`, `j`, `Enter`'
see 'ERR'
type_in f
type_in 'state:err'
keys Enter
see ' 1/1'
keys Enter
see 'a cell is a task'
keys Tab
see 'frame 2'
type_in j
keys Enter
see 'No such file'
show

task 'Start it again' 'The texture is there now. `E` restarts the errors of the job.' '`q`, `E`'
keys q
gone 'No such file'
echo texture >"$scratch/texture.exr"
type_in E
see 'done'
show
keys q
see 'filter: state:err'
keys Escape
see 'shot 010'

task 'Why does it wait?' '`x` asks the server, and shows each rule that holds the job, with the way out.' '`x` on the job'
type_in /
type_in 'shot 030'
keys Enter
see '▸ +[0-9]+ anna +shot 030' -E
type_in x
see 'Why'
show
keys Escape
gone 'Esc closes'

task 'Tidy up, and think better of it' 'Space tags jobs, `D` deletes the tagged ones after a question in which Cancel is chosen. `U` takes it back within half a minute.' '`Space` `Space` `Space`, `D`, `y`, `U`'
type_in G
type_in kk
type_in '   '
type_in D
see 'Delete 3 jobs?'
show
type_in y
see 'takes it back'
show
type_in U
see 'undone'

task 'Give a job its turn' '`C` starts the job, `I` opens a field for its priority, which says what it takes.' '`u`, `C`, `I` `120` `Enter`'
type_in u
type_in /
type_in 'shot 030'
keys Enter
see '[▸◆] +[0-9]+ anna +shot 030' -E
type_in C
see 'started'
type_in I
see '0 to 255'
keys C-u
type_in 120
see '▸ 120'
show
keys Enter
gone '0 to 255'

task 'Put a machine to sleep, and wake it' 'That needs the rights of a super user: `!` and the password. The frame of the screen tells so until `!` ends it. `a` shows what can be done to a render.' '`!` password, `3`, `v`, `a`, `s`, `y`; later `a`, `w`'
type_in '!'
see 'Password'
type_in 'evening shift'
keys Enter
see 'SUPER USER'
type_in 3v
see 'r3'
see ' 0 running'
type_in ga
see 'Sleep'
show
type_in s
see 'Put to sleep'
type_in y
see 'r1 +asleep' -E
show
type_in aw
see 'r1 +waking' -E
show
start_render r1
see 'r1 +idle' -E

task 'Clear the system job' 'Commands that follow on jobs (here one that fails again and again) wait in the system job; `B` drops what a block has. Then `!` ends the super user.' '`5`, `B`, `y`, `!`'
"$bin/reeve" set jobs "$waits" command_post=/bin/false >/dev/null
"$bin/reeve" delete "$waits" --yes >/dev/null
"$bin/reeve" undo --list >/dev/null
type_in 5
see 'false'
show
type_in B
see 'Drop all commands of'
type_in y
gone 'shot 030'
type_in '!'
gone 'SUPER USER'
type_in Q
echo "walkthrough: $page has $number tasks"
