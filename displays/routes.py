import importlib
views=[]; routes=[]
for m in ("board","sign","phone","kiosk","start"):
    try: mod=importlib.import_module("displays."+m)
    except ImportError as e: print(m,e); continue
    routes+=getattr(mod,"routes",[])
    views+=[x for n,x in vars(mod).items() if type(x).__name__=="ViewKind"]
