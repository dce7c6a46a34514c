"""The native stack: real Kafka and Elasticsearch from Maven Central, and every process under supervisor.

What a caller needs, in the order of use::

    from deploy.local.stack import Ports, install, servers
    from deploy.local.supervise import Supervisor
    from deploy.local.ready import wait_for_elasticsearch, wait_for_kafka

    installed = install(on_progress=print)                  # milliseconds when there is nothing to do
    supervisor = Supervisor(home)
    supervisor.up(servers(home, Ports(), installed), on_progress=print)
    wait_for_kafka(supervisor, ports.kafka, on_progress=print)
    wait_for_elasticsearch(supervisor, ports.elasticsearch, on_progress=print)
    supervisor.up(workers, on_progress=print)               # more `Program`s; what already runs is left alone
    supervisor.status(); supervisor.down(on_progress=print)

Every failure that a person can remedy is a `deploy.local.errors.StackError` whose text says how.
"""
