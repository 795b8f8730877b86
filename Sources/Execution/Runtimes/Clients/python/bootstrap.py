from awslambdaric.__main__ import main

main(["bootstrap", os.environ["_HANDLER"]])
