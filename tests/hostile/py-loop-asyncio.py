# hostile: a task that never waits
# expect: QUOTA_FUEL
import asyncio


async def main():
    other = asyncio.create_task(asyncio.sleep(0))
    while True:
        await asyncio.sleep(0)


asyncio.run(main())
