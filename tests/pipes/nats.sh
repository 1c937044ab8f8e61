# To be sourced by bash: a NATS server of its own, until the shell ends, with the
# stream URLS, in which each argument is a message, and its consumer "gather". That
# delivers a message up to three times, $ACK_WAIT seconds apart. NATS is host/port;
# `state` prints how many messages and consumers there are.
# shellcheck disable=SC2016 # $JS is the server's

# Send the message $2 to the subject $1, and print the answer.
asked() {
	(
		exec 5<> "/dev/tcp/$NATS"
		printf 'CONNECT {"verbose":false}\r\nSUB in 1\r\n' >&5
		printf 'PUB %s in %d\r\n%s\r\n' "$1" ${#2} "$2" >&5
		until read -r verb _ <&5 && [ "$verb" = MSG ]; do :; done
		read -r answer <&5
		printf '%s\n' "$answer"
	)
}
state() {
	asked '$JS.API.STREAM.INFO.URLS' '' |
		jq -c '[.state.messages, .state.consumer_count]'
}

nats-server -js -a 127.0.0.1 -p -1 --ports_file_dir . -sd nats > nats.log 2>&1 &
NATS_PID=$!
trap 'kill $NATS_PID' EXIT
await '[ -s nats-server_$NATS_PID.ports ]'
NATS=$(grep -o '127.0.0.1:[0-9]*' "nats-server_$NATS_PID.ports" | head -n 1)
NATS=127.0.0.1/${NATS#*:}
export NATS
await 'asked "\$JS.API.INFO" "" | grep -q account_info'
asked '$JS.API.STREAM.CREATE.URLS' '{"name":"URLS","subjects":["urls"],
	"retention":"workqueue","storage":"file","num_replicas":1,"max_age":0,
	"max_msgs":-1,"max_bytes":-1,"max_consumers":-1}' > /dev/null
asked '$JS.API.CONSUMER.DURABLE.CREATE.URLS.gather' '{"stream_name":"URLS",
	"config":{"durable_name":"gather","ack_policy":"explicit","max_deliver":3,
	"ack_wait":'"$ACK_WAIT"'000000000,"deliver_policy":"all",
	"max_ack_pending":-1}}' > /dev/null
for url in "$@"; do asked urls "$url"; done > /dev/null
