"""The yardstick of `bench.app_rate`: a Faust app that consumes and produces, and nothing else."""

import sys

import faust


def main() -> None:
    """``python -m bench.pass_through BOOTSTRAP IN OUT``: until it is killed."""
    bootstrap, source, target = sys.argv[1:4]
    app = faust.App(
        f"bench.{source}", broker=f"kafka://{bootstrap}", value_serializer="raw",
        key_serializer="raw", web_enabled=False, topic_allow_declare=False,
        topic_disable_leader=True, datadir=sys.argv[4], loghandlers=[],
    )  # fmt: skip
    taken, given = app.topic(source, value_serializer="raw"), app.topic(target)

    @app.agent(taken)
    async def forward(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            await given.send(key=event.key, value=event.value)

    faust.Worker(app, loglevel="error", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
