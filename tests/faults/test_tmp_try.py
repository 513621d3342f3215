import time, cProfile, pstats
from tests.support.projects import *
def test_x(place, installation, tmp_path):
    for k in range(2):
        p=submit(installation, write_project(tmp_path/f'p{k}',name=f'p{k}',items=60))
        pr=cProfile.Profile(); 
        t=time.time()
        if k: pr.enable()
        n=p.run()
        pr.disable()
        print(n, time.time()-t, p.row.status,p.batch.status,p.batch.attempt, p.batch.reason)
    pstats.Stats(pr).sort_stats('cumtime').print_stats(35)
