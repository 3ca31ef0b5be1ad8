# Runs in a probe pod. Each argument is one attempt, `id verb host port`; each attempt prints one JSON object a line.
#   name    look a name up through the cluster's DNS, again until it is answered or the time is over
#   open    connect, again until it works or the time is over: the pod's own network may still be settling
#   closed  connect once, long enough for two SYN packets, so that one lost packet is not taken for a refusal
# Names go first and alone: once DNS has answered, the pod's network is up and a refusal means something.
readonly PATIENCE=4 AT_ONCE=32

look_up() {
    local line
    until line=$(getent ahostsv4 "$2") || ((SECONDS >= PATIENCE)); do sleep 0.1; done
    printf '{"id": %d, "address": "%s"}\n' "$1" "${line%% *}"
}

connect() {
    curl --silent --output /dev/null --connect-timeout "$4" --max-time 1.5 "http://$2:$3/" --write-out \
        "{\"id\": $1, \"http\": \"%{response_code}\", \"connected\": %{time_connect}, \"total\": %{time_total}, \"exit\": %{exitcode}}\n"
}

connect_in_the_end() {
    local said
    until said=$(connect "$@" 0.5) || [[ $said != *'"connected": 0.000000'* ]] || ((SECONDS >= PATIENCE)); do
        sleep 0.1
    done
    printf '%s\n' "$said"
}

start() {
    local verb=$1 running=0 id what host port
    shift
    for attempt in "$@"; do
        read -r id what host port <<<"$attempt"
        case "$verb-$what" in
            name-name) look_up "$id" "$host" & ;;
            rest-open) connect_in_the_end "$id" "$host" "$port" & ;;
            rest-closed) connect "$id" "$host" "$port" 1.1 & ;;
            *) continue ;;
        esac
        ((++running < AT_ONCE)) || wait -n
    done
    wait
}

start name "$@"
start rest "$@"
