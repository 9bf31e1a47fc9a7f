# Rehearses a job of a pipeline: runs its scripts in the shell that their host would take, with every
# program in the place of which one stands that says nothing and succeeds; only the command that runs the
# tests is seen, and fails where it is told to.
#
# Arguments: a folder of its own; the test command; the submission's files, one a line; paths that scripts
# name as programs, one a line; then three for each script: its shell (`bash`, `pipefail`, or `unchecked`,
# which goes on after a failure), whether its own failure is passed over (`soft`, `hard`), and its text.
#
# Ends with 64, and 1 more where the job passes when the tests do, 2 where it has run them, 4 where it
# fails when they fail.

command_not_found_handle() {
    local whole="$*"
    if [ "$whole" = "$TRYOUT_TEST" ] || [ "${whole#"$TRYOUT_TEST "}" != "$whole" ]; then
        : > "$TRYOUT_SEEN"
        [ "$TRYOUT_TESTS" = pass ]
        return
    fi
    local program=$1
    shift
    case $program in
    *=*) [ $# -eq 0 ] || command_not_found_handle "$@" ;;
    env | nice | nohup | sudo | time | npx | xvfb-run | command)
        while [[ ${1-} == -* ]]; do shift; done
        [ $# -eq 0 ] || command_not_found_handle "$@"
        ;;
    timeout)
        while [[ ${1-} == -* ]]; do shift; done
        [ $# -lt 2 ] || command_not_found_handle "${@:2}"
        ;;
    uv | poetry | pipenv | hatch | pdm | bundle | rye)
        case ${1-} in
        run | exec) [ $# -lt 2 ] || command_not_found_handle "${@:2}" ;;
        esac
        ;;
    bash | sh | dash)
        case ${1-} in
        -*c) "$TRYOUT_BASH" -c "${2-}" ;;
        esac
        ;;
    docker | podman)
        case $whole in
        *" $TRYOUT_TEST" | *" $TRYOUT_TEST "*)
            : > "$TRYOUT_SEEN"
            [ "$TRYOUT_TESTS" = pass ]
            ;;
        esac
        ;;
    esac
}
cd() { builtin cd "$@" 2> /dev/null || :; }
pushd() { :; }
popd() { :; }
source() { :; }
.() { :; }
exec() {
    [ $# -eq 0 ] && return
    "$@"
    exit $?
}
command() {
    case ${1-} in
    -*) : ;;
    *) "$@" ;;
    esac
}
export -f command_not_found_handle cd pushd popd source . exec command

# Runs the scripts from the fourth argument on; whether the job passes.
job() {
    local shell soft text options
    while [ $# -ge 3 ]; do
        shell=$1 soft=$2 text=$3
        shift 3
        options=(-e)
        [ "$shell" = pipefail ] && options=(-e -o pipefail)
        [ "$shell" = unchecked ] && options=()
        (PATH=/none TRYOUT_TESTS=$TRYOUT_TESTS builtin exec "$TRYOUT_BASH" --noprofile --norc "${options[@]}" -c "$text") \
            < /dev/null > /dev/null 2>&1
        if [ $? -ne 0 ] && [ "$soft" = hard ]; then
            return 1
        fi
    done
    return 0
}

export TRYOUT_TEST=$2 TRYOUT_BASH=$BASH TRYOUT_TESTS=pass TRYOUT_SEEN=$1/seen CI=true
export -n BASH_ENV ENV
mkdir -p "$1/work"
builtin cd "$1/work" || builtin exit 1
while IFS= read -r path; do
    [ -n "$path" ] || continue
    case $path in
    */*) mkdir -p "${path%/*}" ;;
    esac
    : > "$path"
done <<< "$3"
while IFS= read -r path; do
    [ -n "$path" ] || continue
    mkdir -p "${path%/*}"
    printf '#!%s\ncommand_not_found_handle "$0" "$@"\n' "$TRYOUT_BASH" > "$path"
    chmod +x "$path"
done <<< "$4"
shift 4

end=64
job "$@" && end=$((end + 1))
[ -e "$TRYOUT_SEEN" ] && end=$((end + 2))
TRYOUT_TESTS=fail
job "$@" || end=$((end + 4))
builtin exit "$end"
