"""Fails unless JSON files agree in all but times, memory, engine and what only the core engine counts: same_json.py FILE..."""
import json
import sys

OWN = {"seconds", "images_per_second", "peak_bytes", "engine", "cycles", "packets", "packet_bytes", "byte_hops",
       "off_chip_bytes", "macs", "memory_bytes", "energy_pj"}

texts = {json.dumps({key: value for key, value in json.load(open(path)).items() if key not in OWN}) for path in sys.argv[1:]}
sys.exit(0 if len(texts) == 1 else "\n".join(["found different objects:", *texts]))
