"""What the package gives back: plain objects with the attributes that workflows read."""

__all__ = (
    "AIResponse",
    "AIStreamChunk",
    "BatchDeleteResult",
    "BatchResult",
    "DocumentData",
    "DocumentList",
    "FormPublic",
    "IntegrationData",
    "IntegrationMappingResponse",
    "KnowledgeDocument",
    "NamespaceInfo",
    "Organization",
    "Role",
    "TableInfo",
    "UserPublic",
    "WorkflowExecution",
    "WorkflowMetadata",
)


class _Model:
    """An object of named fields; those that are not given are what the class says."""

    def __init__(self, **given):
        unknown = given.keys() - type(self).__annotations__.keys()
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        self.__dict__.update(given)

    def model_dump(self):
        """The fields by name, and of what they hold too."""
        return {name: _dumped(getattr(self, name, None)) for name in type(self).__annotations__}

    def __eq__(self, other):
        return type(self) is type(other) and self.model_dump() == other.model_dump()

    def __repr__(self):
        fields = ", ".join(f"{name}={getattr(self, name, None)!r}" for name in type(self).__annotations__)
        return f"{type(self).__name__}({fields})"


def _dumped(value):
    match value:
        case _Model():
            return value.model_dump()
        case list():
            return [_dumped(item) for item in value]
    return value


class TableInfo(_Model):
    id: str
    name: str
    description: str = None
    table_schema: dict = None
    organization_id: str = None
    created_by: str = None
    created_at: str = None
    updated_at: str = None


class DocumentData(_Model):
    id: str
    table_id: str
    data: dict
    created_at: str = None
    updated_at: str = None
    created_by: str = None
    updated_by: str = None


class DocumentList(_Model):
    documents: list
    total: int
    limit: int
    offset: int


class BatchResult(_Model):
    documents: list
    count: int


class BatchDeleteResult(_Model):
    deleted_ids: list
    count: int


class KnowledgeDocument(_Model):
    id: str
    namespace: str
    content: str
    metadata: dict = None
    score: float = None
    organization_id: str = None
    key: str = None
    created_at: str = None


class NamespaceInfo(_Model):
    namespace: str
    scopes: dict


class WorkflowMetadata(_Model):
    id: str
    name: str
    description: str = None
    category: str = "General"
    tags: list = ()
    parameters: dict = None
    is_tool: bool = False
    source_file_path: str = None
    relative_file_path: str = None


class WorkflowExecution(_Model):
    execution_id: str
    workflow_name: str
    status: str
    org_id: str = None
    form_id: str = None
    executed_by: str = None
    executed_by_name: str = None
    input_data: dict = None
    result: object = None
    result_type: str = None
    error_message: str = None
    error_type: str = None
    duration_ms: int = None
    started_at: object = None
    completed_at: object = None
    logs: list = None
    variables: dict = None


class IntegrationData(_Model):
    integration_id: str
    entity_id: str = None
    entity_name: str = None
    config: dict = None
    oauth: object = None


class FormPublic(_Model):
    id: str
    name: str
    description: str = None
    workflow_id: str = None
    launch_workflow_id: str = None
    default_launch_params: dict = None
    allowed_query_params: list = None
    form_schema: dict = None
    access_level: str = None
    organization_id: str = None
    is_active: bool = True
    file_path: str = None
    confirmation_markdown: str = None
    created_at: str = None
    updated_at: str = None


# What no call gives here, and a workflow may name in its annotations all the same.


class IntegrationMappingResponse(_Model):
    id: str
    integration_id: str
    organization_id: str = None
    entity_id: str = None
    entity_name: str = None
    config: dict = None


class AIResponse(_Model):
    content: str
    model: str = None


class AIStreamChunk(_Model):
    content: str
    done: bool = False


class UserPublic(_Model):
    id: str
    email: str
    name: str = None
    organization_id: str = None
    is_active: bool = True


class Organization(_Model):
    id: str
    name: str
    domain: str = None
    is_active: bool = True
    is_provider: bool = False


class Role(_Model):
    id: str
    name: str
    description: str = None
