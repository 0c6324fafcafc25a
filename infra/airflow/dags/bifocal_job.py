"""One job of Bifocal's ledger, as the platform asks for it with ``executor=airflow``; docs/AIRFLOW.md tells how.

The task is the job's process. Which job is next, and what becomes of one that died, is the platform's, so the task is never
retried here.
"""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Param

with DAG(
    dag_id="bifocal_job",
    description="Runs one job of Bifocal's ledger",
    tags=["bifocal"],
    schedule=None,
    is_paused_upon_creation=False,
    params={
        "job": Param(type="string", pattern="^[A-Za-z0-9-]+$", description="the job's id"),
        "owner": Param(type="string", pattern="^[A-Za-z0-9-]+$", description="as whom the job was claimed"),
    },
):
    # exec: the leash ends the JVM with its parent, which is then the task itself, however that dies.
    BashOperator(
        task_id="run",
        retries=0,
        bash_command='exec "${BIFOCAL_JAVA:-java}"'
        ' "@${BIFOCAL_JOB_ARGUMENTS:?must name a file of Java arguments, see docs/AIRFLOW.md}"'
        ' "-Dbifocal.job.owner=$BIFOCAL_JOB_OWNER"'
        ' io.bifocal.infra.local.Leash io.bifocal.batch.JobProcess "$BIFOCAL_JOB_ID"',
        env={"BIFOCAL_JOB_ID": "{{ params.job }}", "BIFOCAL_JOB_OWNER": "{{ params.owner }}"},
        append_env=True,
    )
