import asyncio
from tests.attacks.siege import *

async def test_x(database_url):
    import time
    t=time.time()
    async with besieged(database_url) as siege:
        print("up", time.time()-t)
        t=time.time()
        a = await siege.join("Ann")
        print("joined", time.time()-t, (await a.last()).text)
        t=time.time()
        await siege.still_serves()
        print("witness", time.time()-t)
        for i in range(50):
            assert await siege.throw(message(9000, text="hello zz")) == 200
        await siege.settled()
        print("50", time.time()-t)
    print(siege.logged.getvalue()[-1500:])
