# hostile: it waits for what nothing can bring
# expect: RUNTIME_EXCEPTION|STALLED
import asyncio


async def main():
    await asyncio.get_running_loop().create_future()


asyncio.run(main())
