import cv2


def lambda_handler(event, context):
    image = cv2.imread("/var/task/image.png")
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    height, width = gray.shape
    return {"cv2": cv2.__version__, "width": width, "height": height, "brightness": round(float(gray.mean()), 1)}
