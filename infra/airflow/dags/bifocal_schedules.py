"""Bifocal's schedules where Airflow keeps them; docs/AIRFLOW.md tells how.

Each task asks the ledger for jobs and waits for their end; the platform has them run, as runs of ``bifocal_job``. A task that
is tried again asks for the same jobs, by its run's id. Live parts are folded by the speed job itself, so no DAG does.
"""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

JOB_REQUEST = (
    'exec "${BIFOCAL_JAVA:-java}"'
    ' "@${BIFOCAL_JOB_ARGUMENTS:?must name a file of Java arguments, see docs/AIRFLOW.md}"'
    ' -Xmx256m io.bifocal.infra.local.Leash io.bifocal.batch.JobRequestProcess "airflow-$BIFOCAL_RUN"'
)


def ask(arguments, **environment):
    """A task that asks for jobs, with arguments of the shell that may use variables of the environment."""
    return BashOperator(
        task_id="ask",
        retries=2,
        bash_command=f"{JOB_REQUEST} {arguments}",
        env={"BIFOCAL_RUN": "{{ dag.dag_id }}-{{ run_id }}", **environment},
        append_env=True,
    )


with DAG(
    dag_id="bifocal_nightly",
    description="Recomputes every model exactly",
    tags=["bifocal"],
    schedule="0 2 * * *",
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
):
    ask("recompute '*' promote=false")

with DAG(
    dag_id="bifocal_hourly",
    description="Reconciles every model",
    tags=["bifocal"],
    schedule="0 * * * *",
    catchup=False,
    max_active_runs=1,
):
    ask("reconcile '*'")

with DAG(
    dag_id="bifocal_backfill",
    description="Computes a model's history for a changed definition, or some of its days again",
    tags=["bifocal"],
    schedule=None,
    is_paused_upon_creation=False,
    params={
        "model": Param(type="string", minLength=1),
        "from": Param("", type="string", description="a day; empty: from the beginning"),
        "to": Param("", type="string", description="a day, exclusive; empty: to the end"),
        "promote": Param(False, type="boolean", description="put it in force when it is done"),
    },
):
    ask(
        'backfill "$BIFOCAL_MODEL" "from=$BIFOCAL_FROM" "to=$BIFOCAL_TO" "promote=$BIFOCAL_PROMOTE"',
        BIFOCAL_MODEL="{{ params.model }}",
        BIFOCAL_FROM="{{ params['from'] }}",
        BIFOCAL_TO="{{ params.to }}",
        BIFOCAL_PROMOTE="{{ params.promote | lower }}",
    )
