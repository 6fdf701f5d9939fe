"""The conventions of Bifrost: what a workflow imports.

Every name is loaded when it is first used, since each run begins anew.
"""

# Where each name lives; those of a home of their own name are that module.
_HOMES = {
    name: home
    for home, names in {
        "_decorators": "data_provider tool workflow",
        "_context": "ExecutionContext context",
        "_errors": "ConfigurationError IntegrationError NotAvailable UserError ValidationError WorkflowError",
        "_enums": "ConfigType ExecutionStatus FormFieldType",
        "_models": "AIResponse AIStreamChunk BatchDeleteResult BatchResult DocumentData DocumentList FormPublic IntegrationData"
        " IntegrationMappingResponse KnowledgeDocument NamespaceInfo Organization Role TableInfo UserPublic WorkflowExecution"
        " WorkflowMetadata",
        "_absent": "agents ai api email organizations roles users",
        "config": "config ConfigData",
        "events": "events",
        "executions": "executions",
        "files": "files",
        "forms": "forms",
        "integrations": "integrations OAuthCredentials",
        "knowledge": "knowledge",
        "tables": "tables",
        "workflows": "workflows",
    }.items()
    for name in names.split()
}

__all__ = tuple(_HOMES)


def __getattr__(name):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'bifrost' has no attribute {name!r}")
    module = __import__(f"bifrost.{home}", fromlist=(name,))
    value = module if home == name else getattr(module, name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(_HOMES))
