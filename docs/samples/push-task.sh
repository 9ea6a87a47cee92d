#!/bin/sh
# Has one picture indexed and waits for the end of it. Usage: push-task.sh ID /absolute/path.jpg
: "${REDIS_URL:=redis://127.0.0.1:6379}"
redis-cli -u "$REDIS_URL" RPUSH image_indexing_queue "{\"task_id\": \"$1\", \"image_path\": \"$2\"}" >/dev/null
while :; do
  status=$(redis-cli -u "$REDIS_URL" GET "task_status:$1")
  case $status in
    *'"status":"completed"'*) echo "$status" && exit 0 ;;
    *'"status":"failed"'* | *'"status":"cancelled"'*) echo "$status" && exit 1 ;;
  esac
  sleep 0.2
done
