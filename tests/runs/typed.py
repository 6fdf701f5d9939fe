# A function that is run with arguments.
from bifrost import workflow


@workflow
async def greet(name: str, times: int = 2, loud: bool = False):
    """Says a name."""
    print('greeting', name)
    text = ' '.join([name] * times)
    return text.upper() if loud else text
