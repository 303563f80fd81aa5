import importlib
views=[]; routes=[]
for m in ("desk","desk_pages","manager"):
    try: mod=importlib.import_module("counters."+m)
    except ImportError as e: print(m,e); continue
    routes+=getattr(mod,"routes",[])
    views+=[x for n,x in vars(mod).items() if type(x).__name__=="ViewKind"]
