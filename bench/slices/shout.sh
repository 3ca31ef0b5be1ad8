# Sends numbered datagrams from the first instruction on: NAME SECONDS HOST...; 100 at once, then one every 2 ms, each
# to all hosts in turn. What the kernel refuses isn't counted as sent.
end=$((${EPOCHREALTIME/./} + ${2/./}00000)) number=0 sent=0 out=()
for host in "${@:3}"; do
    exec {one}<>"/dev/udp/$host/9000" && out+=("$one")
done
while ((${EPOCHREALTIME/./} < end)); do
    for one in "${out[@]}"; do
        printf '%s %d\n' "$1" "$number" >&"$one" && sent=$((sent + 1))
    done 2>/dev/null
    number=$((number + 1))
    if ((number == 100)); then
        exec {pause}<> <(:)
    elif ((number > 100)); then
        read -rt 0.002 <&"$pause"
    fi
done
printf '{"sent": %d, "numbers": %d, "ended": true}\n' "$sent" "$number"
