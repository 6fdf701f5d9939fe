# hostile: tasks that make tasks
# expect: QUOTA_FUEL|QUOTA_MEMORY
import asyncio


async def breed():
    asyncio.get_running_loop().create_task(breed())
    asyncio.get_running_loop().create_task(breed())


async def main():
    await breed()
    await asyncio.sleep(3600)


asyncio.run(main())
