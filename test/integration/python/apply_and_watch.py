"""Applies a model and watches it until it is ready, with stubs made from the protos.

Usage: apply_and_watch.py STUBS_FOLDER HOST:PORT MODEL_NAME
Prints one JSON object a line; the last is what was seen at the end.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])

import grpc
from tangram.v1 import (
    cluster_service_pb2,
    cluster_service_pb2_grpc,
    model_pb2,
    scheduler_service_pb2,
    scheduler_service_pb2_grpc,
)

ADDRESS, NAME = sys.argv[2], sys.argv[3]


def say(**what):
    print(json.dumps(what), flush=True)


def model():
    return model_pb2.Model(
        name=NAME,
        labels={"from": "python"},
        spec=model_pb2.ModelSpec(
            replicas=2,
            priority=100,
            workload=model_pb2.Workload(image="registry.example/model:1"),
            gpu=model_pb2.GpuNeed(memory_mib=2048, isolation=model_pb2.ISOLATION_MPS),
        ),
    )


def refused(scheduler):
    try:
        scheduler.ApplyModel(
            scheduler_service_pb2.ApplyModelRequest(model=model_pb2.Model(name="No Name")),
            timeout=10,
        )
    except grpc.RpcError as error:
        code = dict(error.trailing_metadata()).get("tangram-code")
        say(refused=error.code().name, code=code, details=error.details())


def main():
    with grpc.insecure_channel(ADDRESS) as channel:
        scheduler = scheduler_service_pb2_grpc.SchedulerServiceStub(channel)
        cluster = cluster_service_pb2_grpc.ClusterServiceStub(channel)
        refused(scheduler)
        request = scheduler_service_pb2.ApplyModelRequest(model=model(), validate_only=True)
        checked = scheduler.ApplyModel(request, timeout=10)
        say(planned=[stage.title for stage in checked.plan.stages])
        request.validate_only = False
        applied = scheduler.ApplyModel(request, timeout=10)
        say(outcome=scheduler_service_pb2.ApplyOutcome.Name(applied.outcome))
        watch = scheduler.WatchModels(
            scheduler_service_pb2.WatchModelsRequest(name=NAME), timeout=30
        )
        for event in watch:
            if event.WhichOneof("event") != "model":
                continue
            if event.model.status.replicas_ready == 2:
                watch.cancel()
                break
        seen = scheduler.GetModel(scheduler_service_pb2.GetModelRequest(name=NAME), timeout=10)
        nodes = cluster.ListNodes(cluster_service_pb2.ListNodesRequest(), timeout=10)
        say(
            ready=seen.model.status.replicas_ready,
            phases=[
                model_pb2.ReplicaPhase.Name(replica.phase)
                for replica in seen.model.status.replicas
            ],
            shapes=[
                replica.slices[0].shape.WhichOneof("kind")
                for replica in seen.model.status.replicas
            ],
            nodes=[node.name for node in nodes.nodes],
        )


main()
