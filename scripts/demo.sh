#!/usr/bin/env bash
# The whole path: build a layer, publish it through the real aws command, run a function with it, clean up.
set -euo pipefail
cd "$(dirname "$0")/.."
lamina=$PWD/.build/release/lamina
python=$(scripts/find-python.sh)
runtime=$(basename "$(readlink -f "$python")")
folder=$(mktemp -d)
server=

finish() {
    status=$?
    if [ -n "$server" ]; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
    [ "$status" = 0 ] || echo "demo: failed" >&2
    exit "$status"
}
trap finish EXIT

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "Build a layer for $runtime from a requirements file, as it is"
run "$lamina" build examples/opencv/requirements.txt --runtime "$runtime" --output "$folder/incomplete.zip" | grep -v '^\(warning\|note\|    fix\)'

say "Foretell from its bytes what Lambda will say of it"
run "$lamina" check "$folder/incomplete.zip" --runtime "$runtime" | grep '^error' || true

say "Build it again, with the libraries that Lambda lacks"
run "$lamina" build examples/opencv/requirements.txt --runtime "$runtime" --complete --slim --output "$folder/opencv.zip" 2>/dev/null \
    | grep -v '^\(warning\|note\|    fix\)'

say "Start a server on a free port with a fresh data folder"
"$lamina" runtimes --prepare "$runtime" >/dev/null
mkfifo "$folder/ready"
"$lamina" serve --port 0 --data "$folder/data" --log-level warning >"$folder/ready" &
server=$!
read -r line <"$folder/ready" || { echo "demo: the server did not start" >&2; exit 1; }
echo "$line"
eval "$("$lamina" env --data "$folder/data")"
export AWS_PAGER="" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

say "Publish the layer with the aws command"
if [ "$(stat -c %s "$folder/opencv.zip")" -le 52428800 ]; then
    source=(--zip-file "fileb://$folder/opencv.zip")
else
    echo "(over 50 MB: by way of a bucket, as on AWS)"
    run aws s3 mb s3://layers
    run aws s3 cp --no-progress "$folder/opencv.zip" s3://layers/opencv.zip
    source=(--content "S3Bucket=layers,S3Key=opencv.zip")
fi
run aws lambda publish-layer-version --layer-name opencv --description "OpenCV and NumPy" --compatible-runtimes "$runtime" \
    --compatible-architectures x86_64 "${source[@]}" --query '{LayerVersionArn: LayerVersionArn, CodeSize: Content.CodeSize}'
arn=$(aws lambda list-layer-versions --layer-name opencv --query 'LayerVersions[0].LayerVersionArn' --output text)

say "Create a function that imports numpy, with the layer"
(cd examples/opencv && zip -q "$folder/function.zip" lambda_function.py)
run aws lambda create-function --function-name random --runtime "$runtime" --handler lambda_function.lambda_handler \
    --role arn:aws:iam::000000000000:role/demo --zip-file "fileb://$folder/function.zip" --layers "$arn" --timeout 10 \
    --query '{FunctionArn: FunctionArn, Layers: Layers}'

invoke() {
    printf '$ %s\n' "aws lambda invoke --function-name random --log-type Tail response.json"
    aws lambda invoke --function-name random --log-type Tail "$folder/response.json" --query LogResult --output text | base64 --decode
    cat "$folder/response.json"
    echo
    grep -q '"statusCode": 200' "$folder/response.json"
}

say "Invoke it"
invoke

say "Run the same function without the server, from its folder"
run "$lamina" run examples/opencv --runtime "$runtime" --layer "$folder/opencv.zip" --event '{"id": 7}' --timeout 10

say "Create a function that imports cv2 and reads an image"
(cd examples/opencv && zip -q "$folder/image.zip" read_image.py image.png)
run aws lambda create-function --function-name image --runtime "$runtime" --handler read_image.lambda_handler \
    --role arn:aws:iam::000000000000:role/demo --zip-file "fileb://$folder/image.zip" --layers "$arn" --timeout 30 --memory-size 512 \
    --query FunctionArn

say "Delete the layer version; the function keeps it"
run aws lambda delete-layer-version --layer-name opencv --version-number 1
run aws lambda list-layer-versions --layer-name opencv
invoke

say "import cv2, which the tutorial left at: libGL.so.1: cannot open shared object file"
run aws lambda invoke --function-name image "$folder/image.json" --query StatusCode
cat "$folder/image.json"
echo
grep -q '"width": 48' "$folder/image.json"

say "Stop the server and clean up"
kill -TERM "$server"
wait "$server" || true
server=
rm -rf "$folder"
echo "nothing is left behind"
