"""Every Faust setting, in one place. The defaults lose data; each line here that differs from them has its reason."""

from __future__ import annotations

import faust

from warta.lag import group
from warta.settings import Settings
from warta.topics import MAX_REQUEST


def make_app(settings: Settings, stage: str, index: int, web_port: int) -> faust.App:
    """The Faust app of one process of one stage. One app id a stage; `index` numbers its processes."""
    session = float(settings.session_timeout_s)
    datadir = settings.home / "faust" / f"{stage}-{index}"
    datadir.mkdir(parents=True, exist_ok=True)
    return faust.App(
        id=group(stage),
        broker=[f"kafka://{server}" for server in settings.kafka_servers],
        store="memory://",
        datadir=str(datadir),
        # An exception that leaves the agent ends the worker: the default supervisor restarts the agent and the
        # record that failed is committed all the same.
        agent_supervisor="mode.CrashingSupervisor",
        # SIGTERM and rebalances wait for the batch in hand; without it a batch is acknowledged half done.
        stream_wait_empty=True,
        # Messages stay bytes until the agent decodes them: a decode error inside Faust is committed and gone.
        key_serializer="raw",
        value_serializer="raw",
        # Topics are ours to declare (`warta topics apply`), with their own partition counts.
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MAX_REQUEST,
        # Static membership: a restart within the session keeps its partitions and costs no rebalance (KIP-345).
        consumer_group_instance_id=f"{stage}-{index}",
        broker_session_timeout=session,
        broker_heartbeat_interval=min(3.0, session / 5),
        broker_request_timeout=max(40.0, session + 10),
        broker_commit_interval=1.0,
        # A slow batch must not cost the partitions: progress is guarded by lag, not by the poll interval.
        broker_max_poll_interval=1000.0,
        broker_max_poll_records=max(200, settings.batch),
        stream_buffer_maxsize=settings.batch * 4,
        web_enabled=True,
        web_bind=settings.metrics_bind,
        web_host="127.0.0.1",
        web_port=web_port,
        # The table pages would serve state to anyone who asks.
        web_tables_enabled=False,
        web_router_enabled=False,
        worker_redirect_stdouts=False,
    )
