"""Declares a model and waits until it serves: what a pipeline does, in Python.

    apt install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
    mkdir stubs && protoc -I proto --plugin=protoc-gen-grpc_python=$(command -v grpc_python_plugin) \
        --python_out=stubs --grpc_python_out=stubs $(cd proto && ls tangram/v1/*.proto)
    PYTHONPATH=stubs python3 declare_and_wait.py 127.0.0.1:7443 sentiment registry.example/sentiment:1.4.0

With TLS: TANGRAM_CA names the file with the cluster's roots and TANGRAM_TOKEN holds an API token; the address is then that
of the coordinator's `join` door.
"""

import os
import sys
import time
import uuid

import grpc
from google.protobuf import field_mask_pb2
from tangram.v1 import (
    change_service_pb2,
    change_service_pb2_grpc,
    model_pb2,
    scheduler_service_pb2,
    scheduler_service_pb2_grpc,
)


def connect(address):
    """Plaintext on loopback, TLS with a token elsewhere."""
    if "TANGRAM_CA" not in os.environ:
        return grpc.insecure_channel(address)
    with open(os.environ["TANGRAM_CA"], "rb") as file:
        tls = grpc.ssl_channel_credentials(file.read())
    token = grpc.access_token_call_credentials(os.environ["TANGRAM_TOKEN"])
    return grpc.secure_channel(address, grpc.composite_channel_credentials(tls, token))


def once(call, request, attempts=5):
    """Sends a call until it is answered. Its request id makes that safe: it is done once, whatever got lost."""
    request.request_id = str(uuid.uuid4())
    for attempt in range(attempts):
        try:
            return call(request, timeout=10)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE or attempt == attempts - 1:
                raise
            time.sleep(0.2 * 2**attempt)


def declare(scheduler, name, image):
    model = model_pb2.Model(
        name=name,
        labels={"made-by": "declare_and_wait.py"},
        spec=model_pb2.ModelSpec(
            replicas=1,
            workload=model_pb2.Workload(
                image=image,
                health=model_pb2.HealthProbe(path="/healthz", startup_deadline_ms=300_000),
            ),
            gpu=model_pb2.GpuNeed(memory_mib=2048, isolation=model_pb2.ISOLATION_MPS),
        ),
    )
    return once(scheduler.ApplyModel, scheduler_service_pb2.ApplyModelRequest(model=model))


def wait(changes, change, seconds):
    """Until the change is over; tells how far it is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        request = change_service_pb2.WaitChangeRequest(
            change=change,
            timeout_ms=5_000,
            read_mask=field_mask_pb2.FieldMask(paths=["state", "reason", "progress"]),
        )
        seen = changes.WaitChange(request, timeout=15).change
        print(f"{seen.progress.percent} % {seen.progress.stage_title}".rstrip(), flush=True)
        if seen.state != change_service_pb2.CHANGE_STATE_RUNNING:
            return seen
    raise TimeoutError(f"{change} still runs after {seconds} s")


def main(address, name, image):
    with connect(address) as channel:
        scheduler = scheduler_service_pb2_grpc.SchedulerServiceStub(channel)
        changes = change_service_pb2_grpc.ChangeServiceStub(channel)
        try:
            applied = declare(scheduler, name, image)
            if applied.change:
                wait(changes, applied.change, seconds=300)
            asked = scheduler_service_pb2.GetModelRequest(name=name)
            for replica in scheduler.GetModel(asked, timeout=10).model.status.replicas:
                print(f"{replica.replica} {replica.node} {replica.address or 'not ready'}")
        except grpc.RpcError as error:
            # One line says what, why and what to do; the word is for programs.
            word = dict(error.trailing_metadata() or ()).get("tangram-code", error.code().name)
            sys.exit(f"{word}: {error.details()}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
