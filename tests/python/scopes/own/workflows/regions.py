from bifrost import data_provider, forms, workflow, workflows

from workflows.report import ended


@data_provider(description="The regions that the shop delivers to")
async def regions():
    return [{"value": "eu", "label": "Europe"}, {"value": "us", "label": "America"}]


@workflow(description="What the form of an order offers")
async def choices():
    form = await forms.get("order")
    offered = {}
    for field in form.form_schema["fields"]:
        inner = await ended(await workflows.execute(field["data_provider_id"]))
        offered[field["name"]] = [choice["label"] for choice in inner.result]
    return {"form": form.name, "runs": form.workflow_id, "offers": offered}
