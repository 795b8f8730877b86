import json

import numpy as np


def lambda_handler(event, context):
    print("Numpy create random number: ", np.random.randint(100))
    return {"statusCode": 200, "body": json.dumps("Hello from Lambda!")}
